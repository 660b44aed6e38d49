using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Inspection;
using Interstice.Host.Commands;

namespace Interstice.Cli.Remote;

/// <summary>What is parked in the modules of a running host.</summary>
/// <param name="server">The host.</param>
internal sealed class RemoteParkedItems(ServerClient server) : ParkedItems
{
    private const long PageItems = 1_000;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> ModulesAsync()
    {
        JsonElement modules = await server.GetAsync("v1/modules").ConfigureAwait(false);
        return [.. modules.EnumerateArray().Select(module => module.GetProperty("module").GetString()!)];
    }

    /// <inheritdoc/>
    public override async Task<(IReadOnlyList<JsonElement> Items, bool HasMore)> ListAsync(string module, long limit)
    {
        List<JsonElement> items = [];
        while (true)
        {
            string query = QueryText.Of(
                ("after", items.Count == 0 ? null : items[^1].GetProperty("id").GetString()),
                ("limit", Math.Min(limit - items.Count, PageItems).ToString(CultureInfo.InvariantCulture)));
            JsonElement page = await server.GetAsync(Path(module) + query).ConfigureAwait(false);
            items.AddRange(page.GetProperty("parked").EnumerateArray());
            bool hasMore = page.GetProperty("more").GetBoolean();
            if (!hasMore || items.Count >= limit) return (items, hasMore);
        }
    }

    /// <inheritdoc/>
    public override async Task<JsonElement?> FindAsync(string module, ulong id) =>
        await server.GetAsync(Path(module, id)).ConfigureAwait(false);

    /// <summary>Numbers of all that is parked in a module.</summary>
    public async Task<ulong[]> NumbersAsync(string module)
    {
        (IReadOnlyList<JsonElement> items, _) = await ListAsync(module, long.MaxValue).ConfigureAwait(false);
        return [.. items.Select(item => ulong.Parse(item.GetProperty("id").GetString()!, CultureInfo.InvariantCulture))];
    }

    /// <summary>Runs something again, or takes it out.</summary>
    public async Task<CallOutcome> DecideAsync(string module, ulong id, bool drops)
    {
        try
        {
            JsonElement answer = await server
                .PostAsync($"{Path(module, id)}/{(drops ? "drop" : "replay")}", [], "application/json", hasOutcome: true).ConfigureAwait(false);
            return RemoteCalls.OutcomeOf(answer, null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TimeoutException or ForeignAnswerException)
        {
            return new CallOutcome.Unknown($"the answer to the decision was lost: {fault.Message}");
        }
    }

    private static string Path(string module) => $"v1/modules/{Uri.EscapeDataString(module)}/parked";

    private static string Path(string module, ulong id) => $"{Path(module)}/{id.ToString(CultureInfo.InvariantCulture)}";
}
