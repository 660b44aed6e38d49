using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Goal: a log that is long enough to be made text of by several threads comes out as in small pieces, which are not. Method: the
/// store of a demo, whole and page by page, and filters before and after decoding compared.</summary>
public sealed class LongLogInspectTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_long_log_is_shown_in_order_and_as_page_by_page()
    {
        (await _store.RunAsync(
            "demo", "--store", ".interstice", "--accounts", "50", "--transfers", "600", "--kills", "1", "--seconds", "20", "--seed", "5")).ShouldSucceed();
        string whole = (await _store.RunAsync("log-inspect", "-o", "ndjson")).ShouldSucceed().Output;
        string[] lines = whole.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(1500);
        JsonElement[] events = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        events.Select(found => found.GetProperty("position").GetUInt64()).ShouldBeInOrder();

        string pages = "";
        const int page = 50;
        for (int skipped = 0; skipped < 400; skipped += page)
            pages += (await _store.RunAsync("log-inspect", "-o", "ndjson", "--skip", $"{skipped}", "--limit", $"{page}")).ShouldSucceed().Output;
        pages.ShouldBe(string.Concat(lines.Take(400).Select(line => line + "\n")));

        // One line for each event, and one more before those of each transaction.
        string[] text = (await _store.RunAsync("log-inspect")).ShouldSucceed().Lines;
        int transactions = events.Count(found => found.TryGetProperty("reducer", out _));
        text.Length.ShouldBe(lines.Length + transactions);
        text.Count(line => line.StartsWith("    ", StringComparison.Ordinal)).ShouldBe(events.Count(found => found.TryGetProperty("transaction", out _)));

        // What is passed over before it is decoded is what would have been left out after it; calls of events that are wanted are known all the same.
        foreach ((string option, string value, string property) in new[]
        {
            ("--op", "insert", "RowInserted"), ("--op", "update", "RowUpdated"), ("--op", "own", "OwnershipTaken"),
        })
        {
            string[] filtered = (await _store.RunAsync("log-inspect", "-o", "ndjson", option, value)).ShouldSucceed().Lines;
            filtered.ShouldBe(lines.Where((_, i) => events[i].GetProperty("type").GetString() == property), $"{option} {value}");
        }

        string[] accounts = (await _store.RunAsync("log-inspect", "-o", "ndjson", "--table", "accounts", "--module", "bank")).ShouldSucceed().Lines;
        accounts.ShouldBe(lines.Where((_, i) => events[i].TryGetProperty("table", out JsonElement table) && table.GetString() == "accounts"));
    }
}
