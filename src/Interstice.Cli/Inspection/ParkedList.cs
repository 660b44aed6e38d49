using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Host.Inspection;

namespace Interstice.Cli.Inspection;

/// <summary>Writes what is parked, for people and programs.</summary>
/// <param name="session">Where to.</param>
/// <param name="isLimitGiven">Whether the limit was asked for; otherwise it is said that there is more.</param>
internal sealed class ParkedList(Session session, bool isLimitGiven)
{
    private readonly TextTable _text = new("module", "number#", "reducer", "of", "attempts#", "parked at", "reason");
    private readonly List<string> _cut = [];

    /// <summary>Adds what is parked in a module.</summary>
    public async Task AddAsync(string module, ParkedItems items, long limit)
    {
        (IReadOnlyList<JsonElement> found, bool hasMore) = await items.ListAsync(module, limit).ConfigureAwait(false);
        if (hasMore) _cut.Add(module);
        foreach (JsonElement item in found)
        {
            if (session.IsText) Add(item);
            else session.Documents.WriteItem(item.WriteTo);
        }
    }

    /// <summary>Ends the list.</summary>
    public void End()
    {
        if (!session.IsText)
        {
            session.Documents.EndItems();
            return;
        }

        if (_text.Count > 0) _text.Write(session.Output);
        else session.Output.WriteLine("nothing is parked");
        if (_cut.Count > 0 && !isLimitGiven) session.Output.WriteLine($"there is more in {string.Join(", ", _cut)}; --limit N shows more");
    }

    /// <summary>Writes one, a line for each member.</summary>
    public static void WriteText(StandardOutput output, JsonElement item)
    {
        var text = new TextTable("what", "value");
        foreach (JsonProperty member in item.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null) text.Add(member.Name, ValueText.Text(member.Value));
        text.Write(output);
    }

    private void Add(JsonElement item) => _text.Add(
        Text(item, "module"),
        Text(item, "id"),
        Text(item, "reducer"),
        Text(item, "kind") == "timer" ? $"timer {Text(item, "timer")}, due {Text(item, "due")}" : $"{Text(item, "subscription")}, revision {Text(item, "sourceRevision")}",
        Text(item, "attempts"),
        Text(item, "parkedAt"),
        Text(item, "reason"));

    private static string Text(JsonElement item, string name) => ValueText.Text(item.GetProperty(name));
}
