using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Host.Inspection;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables.Columnar;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>Groups of rows with what was computed for each, for people and programs.</summary>
/// <param name="table">The table.</param>
/// <param name="query">What was asked.</param>
/// <param name="groups">The answer.</param>
internal sealed class AggregateReport(TableSchema table, AggregateQuery query, ImmutableArray<AggregateGroup> groups)
{
    /// <summary>Writes it in the format that was asked for.</summary>
    public void Write(Session session)
    {
        if (session.IsText)
        {
            WriteText(session.Output);
            return;
        }

        foreach (AggregateGroup group in groups) session.Documents.WriteItem(json => Write(json, group));
        session.Documents.EndItems();
    }

    private void WriteText(StandardOutput output)
    {
        string[] group = query.GroupBy is { } column ? [table.Columns[column].Name] : [];
        var text = new TextTable([.. group, "rows#", .. query.Aggregates.Select(aggregate => NameOf(aggregate) + "#")]);
        foreach (AggregateGroup found in groups)
        {
            string[] key = query.GroupBy is null ? [] : [Text(found.Key)];
            text.Add([.. key, found.RowCount.ToString(CultureInfo.InvariantCulture), .. found.Values.Select(Text)]);
        }

        text.Write(output);
    }

    private void Write(Utf8JsonWriter json, AggregateGroup group)
    {
        json.WriteStartObject();
        if (query.GroupBy is not null)
        {
            json.WritePropertyName("group");
            Write(json, group.Key);
        }

        json.WriteNumber("rows", group.RowCount);
        for (int i = 0; i < query.Aggregates.Length; i++)
        {
            json.WritePropertyName(NameOf(query.Aggregates[i]));
            Write(json, group.Values[i]);
        }

        json.WriteEndObject();
    }

    // Sums are strings as all integers of 64 bits and more are, and floats as floats are (docs/formats/json.md).
    private static void Write(Utf8JsonWriter json, AggregateValue value)
    {
        switch (value)
        {
            case AggregateValue.Integer integer:
                json.WriteStringValue(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case AggregateValue.Float { Value: var number } when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case AggregateValue.Float { Value: var number }:
                json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case AggregateValue.OfColumn of:
                JsonValues.Write(json, of.Type, of.Canonical.Span);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static string Text(AggregateValue value) => value switch
    {
        AggregateValue.Integer integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        AggregateValue.Float number => number.Value.ToString(CultureInfo.InvariantCulture),
        AggregateValue.OfColumn of => ValueText.Of(of.Type, of.Canonical.Span),
        _ => "null",
    };

    private string NameOf(Aggregate aggregate) =>
        $"{aggregate.Function.ToString().ToLowerInvariant()}({table.Columns[aggregate.Column].Name})";
}
