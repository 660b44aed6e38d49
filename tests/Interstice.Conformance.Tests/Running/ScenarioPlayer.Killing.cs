using System.Text.Json;
using Interstice.Conformance.Tests.Places;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reexecution;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Conformance.Tests.Running;

/// <content>The host is killed; what it had is what the log gives, and its calls give what they gave.</content>
internal sealed partial class ScenarioPlayer
{
    private async Task KillAsync(TimeSpan downtime)
    {
        await SettleAsync();
        Dictionary<string, Standing> before = [];
        foreach (string module in _host.Host.Names) before[module] = await ViewAsync(module, Stand);
        await _host.KillAsync();
        _clients.Clear();
        _clock.Advance(downtime);
        await using (var store = new BorrowedStore(await _place.ConnectAsync()))
        {
            foreach ((string module, Standing standing) in before) (await RebuildAsync(store, module, standing.At)).ShouldBe(standing);
        }

        await _place.KillAsync();
        _host = await ScenarioHost.StartAsync(_place, _clock, _heard);
        _host.Host.Names.ShouldBe(before.Keys.Order(StringComparer.Ordinal));
        foreach (string module in before.Keys)
            await UntilAsync(() => Task.FromResult(_host.Host.StandingOf(module)!), standing => standing.Role == ModuleRole.Owner, standing => standing.ToString());
    }

    private async Task ExpectReplayedAsync()
    {
        foreach (string module in _host.Host.Names)
        {
            Standing standing = await ViewAsync(module, Stand);
            (await RebuildAsync(_host.Store, module, standing.At)).ShouldBe(standing);
        }
    }

    // Without an engine: no code of any module can run.
    private static async Task<Standing> RebuildAsync(IEventStore store, string module, Revision to)
    {
        var projection = new ModuleProjection(module) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(store, projection, to, TimeProvider.System, null, Cancel);
        return Stand(projection);
    }

    private async Task ExpectRunAgainAsync()
    {
        foreach (string module in _host.Host.Names)
        {
            ReexecutionResult result = await History().ReexecuteAsync(module, new() { Limits = ScenarioHost.Options.Limits }, null, Cancel);
            result.IsEqual.ShouldBeTrue(string.Join("; ", result.Differences));
            result.NotRun.ShouldBe(0);
        }
    }

    // Ephemeral rows end with the host, and are no part of what the log gives.
    private static Standing Stand(ModuleProjection projection)
    {
        List<string> rows = [];
        foreach (Table table in projection.State is { } state ? state.Tables : [])
            if (table.Schema.Kind == TableKind.Logged) rows.Add($"{table.Schema.Name}: {JsonLook.From(Rows(projection, table.Schema.Name)).GetRawText()}");
        return new(projection.Revision, projection.StateHash, projection.Chain, string.Join('\n', rows));
    }

    private sealed record Standing(Revision At, StateHash Hash, ChainValue Chain, string Rows);
}
