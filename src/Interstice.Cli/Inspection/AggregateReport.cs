using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Host.Inspection;

namespace Interstice.Cli.Inspection;

/// <summary>Groups of rows with what was computed for each, for people and programs.</summary>
/// <param name="request">What was asked.</param>
/// <param name="groups">The answer: an array of the objects of <see cref="AggregateDocument"/>.</param>
internal sealed class AggregateReport(AggregateRequest request, JsonElement groups)
{
    /// <summary>Writes it in the format that was asked for.</summary>
    public void Write(Session session)
    {
        if (session.IsText)
        {
            WriteText(session.Output);
            return;
        }

        foreach (JsonElement group in groups.EnumerateArray()) session.Documents.WriteItem(group.WriteTo);
        session.Documents.EndItems();
    }

    private void WriteText(StandardOutput output)
    {
        string[] names =
            [.. request.Aggregates.Select(wanted => $"{wanted.Function.ToString().ToLowerInvariant()}({wanted.Column})").Distinct()];
        string[] key = request.Group is { } column ? [column] : [];
        var text = new TextTable([.. key, "rows#", .. names.Select(name => name + "#")]);
        foreach (JsonElement group in groups.EnumerateArray())
        {
            string[] first = request.Group is null ? [] : [ValueText.Text(group.GetProperty("group"))];
            text.Add([.. first, group.GetProperty("rows").ToString(), .. names.Select(name => ValueText.Text(group.GetProperty(name)))]);
        }

        text.Write(output);
    }
}
