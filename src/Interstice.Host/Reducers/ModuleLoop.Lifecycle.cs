using System.Buffers.Binary;
using Interstice.Host.Abi;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>The reducers <c>init</c> and <c>upgrade</c>: the first transaction behind a publication. They run before the publication is appended,
/// so that one that fails refuses it and nothing was changed; what they did is committed behind it. Should the host end between the
/// two, the next one finds in <c>_lifecycle</c> that the publication's reducer is still owed.</summary>
internal sealed partial class ModuleLoop
{
    // Whether calls are refused until the reducer has run again, which was undone.
    private bool _awaitsLifecycle;

    // Runs the reducer in a build that is not in force yet; its effects stay in the overlay of the build.
    private LifecycleRun? TryLifecycle(LoadedModule loaded, ModulePublished published)
    {
        if (RoleFor(loaded.Schema, published) is not { } reducer) return null;
        CallInputs inputs = InputsOf(reducer, published);
        string? error = loaded.Runner.RunReducer(reducer, inputs) switch
        {
            CallEnd.Succeeded => null,
            CallEnd.Rejected rejected => rejected.Error,
            CallEnd.Trapped trapped => trapped.Trap.Message,
            CallEnd.TimedOut timedOut => timedOut.Error,
            _ => "it ended otherwise",
        };
        MutationSet? mutations = null;
        if (error is null) error = FindObstacle(loaded, reducer, inputs, mutations = loaded.Runner.Overlay.Freeze());
        if (error is null) return new(reducer, inputs, mutations!);
        throw new ModuleRefusedException(
            ModuleRefusalKind.Initialization,
            $"module {Projection.Module} was not published: its reducer {reducer.Name} ({reducer.Lifecycle!.Value.ToString().ToLowerInvariant()}) failed: {error}");
    }

    // What keeps a transaction that succeeded from being committed: asked before the publication, behind which it could not be mended.
    private string? FindObstacle(LoadedModule loaded, ReducerSchema reducer, in CallInputs inputs, MutationSet mutations)
    {
        if (EphemeralRules.FindFlow(loaded.Runner.Overlay) is { } flow) return flow.Message;
        var committed = new CallOutcome.Committed(
            _pipeline.Durable, _pipeline.DurablePosition, mutations.Count, loaded.Runner.TakeResult(), loaded.Runner.FuelUsed);
        TransactionBatch batch = _pipeline.Current;
        batch.BeginTransaction();
        WriteEvents(batch, _numbers.NextTransactionId(_identity), mutations, loaded);
        long bytes = BytesOf(batch, loaded, reducer, inputs, committed, null);
        batch.CancelTransaction();
        return bytes <= loaded.Limits.TransactionBytesMax ? null : DescribeTooLarge(bytes, loaded.Limits);
    }

    // What it did before the publication was appended, which has changed no row since.
    private void CommitLifecycle(LoadedModule loaded, LifecycleRun? run)
    {
        if (run is null) return;
        var work = new HostWork(run.Reducer.Name, default, run.Inputs.Rows, run.Inputs.Caller);
        Commit(work, loaded, run.Reducer, run.Inputs, run.Mutations);
        StopIfFailed(run.Reducer, work.Outcome!);
    }

    private bool TryRunLifecycle(LoadedModule loaded)
    {
        ModulePublished published = Projection.Published!;
        if (_awaitsLifecycle) Volatile.Write(ref _unavailable, null);
        _awaitsLifecycle = false;
        if (RoleFor(loaded.Schema, published) is not { } reducer || HasRun(published)) return false;
        CallInputs inputs = InputsOf(reducer, published);
        var work = new HostWork(reducer.Name, default, inputs.Rows, inputs.Caller);
        RunAndCommit(work, loaded, reducer, inputs);
        StopIfFailed(reducer, work.Outcome!);
        return true;
    }

    // It succeeded before the publication was appended. Calls over tables that it did not fill would see what no build was made for.
    private void StopIfFailed(ReducerSchema reducer, CallOutcome outcome)
    {
        if (outcome is CallOutcome.Committed) return;
        string error = CallDocument.ErrorOf(outcome)!;
        LogLifecycleFailed(Projection.Module, reducer.Name, error);
        Volatile.Write(
            ref _unavailable,
            $"module {Projection.Module}: its reducer {reducer.Name}, which runs behind the publication, failed ({error}); restart the host to try again, " +
            "or publish a build that mends it");
    }

    // No call comes before the first transaction behind a publication, also when that was undone.
    private void HoldForLifecycle()
    {
        if (_unavailable is not null || _loaded is not { } loaded || Projection.Published is not { } published) return;
        if (RoleFor(loaded.Schema, published) is not { } reducer || HasRun(published)) return;
        _awaitsLifecycle = true;
        Volatile.Write(
            ref _unavailable,
            $"module {Projection.Module}: the store did not take the transaction of {reducer.Name}, which comes first behind a publication; it is tried " +
            "again, try again later");
    }

    private static ReducerSchema? RoleFor(ModuleSchema schema, ModulePublished published) =>
        FindRole(schema, published.Version == 1 ? LifecycleRole.Init : LifecycleRole.Upgrade);

    private static ReducerSchema? FindRole(ModuleSchema schema, LifecycleRole role) =>
        schema.Reducers.FirstOrDefault(reducer => reducer.Lifecycle == role);

    private bool HasRun(ModulePublished published)
    {
        Span<byte> key = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(key, (uint)published.Version);
        return SystemRows.TableOf(Projection, SystemTables.Lifecycle).TryGet(0, key, out _);
    }

    // On behalf of whoever published.
    private CallInputs InputsOf(ReducerSchema reducer, ModulePublished published)
    {
        long nowUs = NowUs();
        return new CallInputs(default, published.Publisher, nowUs, _numbers.NextSeed(_identity), overlay =>
        {
            using var row = new PayloadWriter();
            row.UInt32((uint)published.Version);
            row.Int64(nowUs);
            row.String(reducer.Name);
            SystemRows.Insert(overlay, SystemTables.Lifecycle, row.Written);
        });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Module}.{Reducer}, which runs behind the publication, failed: {Error}")]
    private partial void LogLifecycleFailed(string module, string reducer, string error);

    private sealed record LifecycleRun(ReducerSchema Reducer, CallInputs Inputs, MutationSet Mutations);
}
