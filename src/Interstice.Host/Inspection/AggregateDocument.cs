using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables.Columnar;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>Groups of rows with what was computed for each, as the stable objects of docs/cli.md.</summary>
/// <param name="table">The table.</param>
/// <param name="query">What was asked.</param>
/// <param name="groups">The answer.</param>
public sealed class AggregateDocument(TableSchema table, AggregateQuery query, ImmutableArray<AggregateGroup> groups)
{
    /// <summary>Number of groups.</summary>
    public int Count => groups.Length;

    /// <summary>Writes one object for each group.</summary>
    /// <param name="json">Takes them: the inside of an array.</param>
    public void WriteItems(Utf8JsonWriter json)
    {
        foreach (AggregateGroup group in groups) Write(json, group);
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

    private string NameOf(Aggregate aggregate) =>
        $"{aggregate.Function.ToString().ToLowerInvariant()}({table.Columns[aggregate.Column].Name})";
}
