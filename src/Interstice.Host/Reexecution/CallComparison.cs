using System.Globalization;
using System.Text;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Reexecution;

/// <summary>Runs one recorded call in the builds of its modules and compares. Used for one call after another.</summary>
/// <param name="engine">Name of the engine that runs it.</param>
internal sealed class CallComparison(string engine)
{
    // Far more than any call ever recorded; what came out of the fuel of then ends long before.
    private const ulong FuelMax = 1_000_000_000_000;

    // A call that uses more than it did has differed already: it only has to end.
    private const ulong FuelMargin = 1_000_000_000;

    private readonly byte[] _engine = Encoding.UTF8.GetBytes(engine);
    private readonly List<EffectDifference> _differences = [];

    /// <summary>What the last call did otherwise.</summary>
    public IReadOnlyList<EffectDifference> Differences => _differences;

    /// <summary>Whether the fuel of the last call was compared.</summary>
    public bool HasComparedFuel { get; private set; }

    /// <summary>How the last call ended; null when it could not be made.</summary>
    public CallEnd? End { get; private set; }

    /// <summary>Whether the last call went to a module that cannot be run, and so says nothing.</summary>
    public bool IsJoint { get; private set; }

    /// <summary>Whether the last call came to the module that is looked at, or should have.</summary>
    public bool ConcernsMain { get; private set; }

    /// <summary>Runs and compares. The caller's build can be run.</summary>
    /// <param name="transaction">The call.</param>
    /// <param name="comparesFuel">Whether fuel counts as an effect, where the engine is the recorded one.</param>
    /// <param name="fuelMax">What the call may use; null for what is recorded, with a margin.</param>
    /// <returns>Whether everything is as recorded, or nothing can be said (<see cref="IsJoint"/>).</returns>
    public bool Run(in RecordedTransaction transaction, bool comparesFuel, ulong? fuelMax)
    {
        _differences.Clear();
        End = null;
        IsJoint = false;
        ConcernsMain = transaction.ConcernsMain;
        RecordedCall call = transaction.Call;
        RecordedBuild build = transaction.Caller.Build!;
        HasComparedFuel = comparesFuel && call.Engine.SequenceEqual(_engine);
        ReducerSchema? reducer = build.FindReducer(call.Reducer);
        ReadOnlyMemory<byte> arguments = reducer is null || transaction.Caller.Mapped is null
            ? call.Arguments : OtherTypes.Convert(transaction.Caller.Projection.Schema!.FindReducer(reducer.Name), reducer, call.Arguments);
        if (reducer is null || !reducer.Arguments.TryValidate(arguments.Span, out _))
        {
            AddUnmade(transaction, reducer);
            return false;
        }

        CallChain<RecordedMember> calls = transaction.Group.Calls;
        try
        {
            End = build.Run(reducer, call, arguments, fuelMax ?? FuelOf(call, HasComparedFuel), transaction.FirstOfCall);
            RecordedMember main = transaction.Group.Main;
            ConcernsMain |= calls.Participants.Any(participant => participant.Loop == main);
            IsJoint = calls.Refusal is not null;
            if (!IsJoint) return Compare(transaction, reducer);
            HasComparedFuel = false;
            return true;
        }
        finally
        {
            calls.End();
        }
    }

    private bool Compare(in RecordedTransaction transaction, ReducerSchema reducer)
    {
        RecordedBuild build = transaction.Caller.Build!;
        string? trap = End is CallEnd.Succeeded ? FindFlow(transaction)?.Message : null;
        if (End is not CallEnd.Succeeded || trap is not null)
        {
            HasComparedFuel = false;
            Add(transaction, reducer, EffectKind.Ending, "success", trap is null ? OfEnd(End!) : $"trapped: {trap}");
            return false;
        }

        var effects = new EffectComparison(transaction, reducer, _differences);
        bool isEqual = effects.Compare(build.Loaded, build.Runner.Overlay.Freeze());
        if (!transaction.IsOwn) isEqual &= effects.ComparePart(transaction.Group.Main, FindChanges(transaction, transaction.Group.Main));
        foreach (RecordedMember member in transaction.Group.Others)
            if (member != transaction.Caller) isEqual &= effects.ComparePart(member, FindChanges(transaction, member));
        RecordedCall call = transaction.Call;
        if (!HasComparedFuel || build.Runner.FuelUsed == call.Fuel) return isEqual;
        Add(
            transaction,
            reducer,
            EffectKind.Fuel,
            call.Fuel.ToString(CultureInfo.InvariantCulture),
            build.Runner.FuelUsed.ToString(CultureInfo.InvariantCulture));
        return false;
    }

    private static ModuleTrapException? FindFlow(in RecordedTransaction transaction)
    {
        CallChain<RecordedMember> calls = transaction.Group.Calls;
        return calls.IsOpen
            ? EphemeralRules.FindFlow([.. calls.Participants.Select(participant => participant.Overlay)])
            : EphemeralRules.FindFlow(transaction.Caller.Build!.Runner.Overlay);
    }

    // Null where the call has not been.
    private static MutationSet? FindChanges(in RecordedTransaction transaction, RecordedMember member)
    {
        foreach (CallChain<RecordedMember>.Participant participant in transaction.Group.Calls.Participants)
            if (participant.Loop == member) return participant.Overlay.Freeze();
        return null;
    }

    private static ulong FuelOf(in RecordedCall call, bool isComparable) =>
        isComparable ? Math.Min(call.Fuel, FuelMax) + FuelMargin : FuelMax;

    private void AddUnmade(in RecordedTransaction transaction, ReducerSchema? reducer)
    {
        RecordedMember caller = transaction.Caller;
        string name = Encoding.UTF8.GetString(transaction.Call.Reducer);
        RowCodec? arguments = caller.Projection.Schema!.FindReducer(name)?.Arguments;
        string found = reducer is null
            ? caller.Build!.Loaded.DescribeUnknownReducer(name)
            : $"the arguments do not fit reducer {name} of this build";
        string known = transaction.NameOf(name);
        string text = EffectText.OfCall(known, arguments, transaction.Call.Arguments.Span);
        _differences.Add(new(transaction.Events[0].Revision, known, text, EffectKind.Ending, "success", found)
        {
            Module = transaction.IsOwn ? null : caller.Module,
        });
    }

    private void Add(in RecordedTransaction transaction, ReducerSchema reducer, EffectKind kind, string expected, string found)
    {
        string known = transaction.NameOf(reducer.Name);
        string text = EffectText.OfCall(known, reducer.Arguments, transaction.Call.Arguments.Span);
        _differences.Add(new(transaction.Events[0].Revision, known, text, kind, expected, found)
        {
            Module = transaction.IsOwn ? null : transaction.Caller.Module,
        });
    }

    private static string OfEnd(CallEnd end) => end switch
    {
        CallEnd.Rejected rejected => $"rejected: {rejected.Error}",
        CallEnd.Trapped trapped => $"trapped: {trapped.Trap.Message}",
        CallEnd.TimedOut timedOut => timedOut.Error,
        _ => "success",
    };
}
