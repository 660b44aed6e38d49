using Interstice.Host.Commands;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Models;

/// <content>Hosts that end, and hosts that take over.</content>
internal sealed partial class ModelRound
{
    private static readonly Fault[] Faults =
        [Fault.RefusedBeforeWrite, Fault.Full, Fault.UnknownNotWritten, Fault.UnknownWritten, Fault.WrongRevision];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task RestartAsync()
    {
        await GetQuietAsync();
        Tell("restart");
        await _host.StopAsync();
        await BeginAgainAsync();
        Sums.Restarts++;
    }

    // The connection is cut somewhere in a call with a key; the next host is asked with the same key what became of it.
    private async Task KillAsync()
    {
        await GetQuietAsync();
        string module = AnyModule();
        ModelStep[] steps = _scripts.Call(_world, module, ModelScripts.Flavour.Logged, null);
        string key = $"key-{_keys++}";
        int operations = _random.Next(1, 4);
        Tell($"the connection is cut after {operations} operations; call {module} with {key}: {ModelStep.Text(steps)}");
        ModelEnd end = Predict(module, steps).End;
        _host.Store.DiesAt = _host.Store.OperationCount + operations;
        Task<CallOutcome> call = _host.CallAsync(module, steps, key);
        await _host.PassUntilAsync(() => call.IsCompleted || _host.Store.IsUnreachable, "the call or the cut");
        await _host.DisposeAsync();
        CallOutcome first = await call;
        if (first is not (CallOutcome.Refused or CallOutcome.Unknown)) Judge(end, first);
        await BeginAgainAsync();
        Sums.Kills++;

        CallOutcome second = await _host.CallAsync(module, steps, key);
        Judge(end, second);
        if (end is ModelEnd.Returned)
        {
            _world = Predict(module, steps).Transaction.World;
            if (first is not CallOutcome.Unknown) Committed(second).IsRepeat.ShouldBe(first is CallOutcome.Committed, $"{first}");
        }

        await SettleAsync();
    }

    // Another host writes; the first one, which still thinks that it owns the module, is told that it does not.
    private async Task TakeOverAsync()
    {
        await GetQuietAsync();
        string module = AnyModule();
        ModelStep[] steps = _scripts.Call(_world, module, ModelScripts.Flavour.Logged, null);
        Tell($"another host takes over; call {module} there: {ModelStep.Text(steps)}");
        ModelHost first = _host;
        Revision before = await _store.GetLastRevisionAsync(StreamNames.Module(module), Cancel);
        await BeginAgainAsync();
        (ModelTransaction transaction, ModelEnd end) = Predict(module, steps);
        Task<CallOutcome> call = _host.CallAsync(module, steps);
        await _host.PassAsync(call, "the answer");
        Judge(end, await call);
        if (end is ModelEnd.Returned) _world = transaction.World;
        if (await _store.GetLastRevisionAsync(StreamNames.Module(module), Cancel) > before)
        {
            Revision last = await _store.GetLastRevisionAsync(StreamNames.Module(module), Cancel);
            Task<CallOutcome> late = first.CallAsync(module, steps);
            await first.PassAsync(late, "the answer of the former owner");
            (await _store.GetLastRevisionAsync(StreamNames.Module(module), Cancel)).ShouldBe(last, $"{await late}");
            Sums.TakeOvers++;
        }

        await first.DisposeAsync();
        await SettleAsync();
    }

    private async Task BeginAgainAsync()
    {
        _host = await ModelHost.StartAsync(_store, _snapshots, _clock, _takesOneStreamOnly);
        if (_bug != ModelBug.EphemeralSurvives) foreach (ModelState module in _world.Modules) module.Forget();
        await SettleAsync();
    }

    private async Task TakeSnapshotAsync()
    {
        string module = AnyModule();
        Tell($"snapshot of {module}");
        await SnapshotTaking.RunAsync(_snapshots, _store, module, 2, TimeProvider.System, null, Cancel);
        Sums.Snapshots++;
    }
}
