using System.Globalization;
using System.Text;
using Interstice.Host.Abi;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Reexecution;

/// <summary>Runs one recorded call in a build and compares. Used for one call after another.</summary>
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

    /// <summary>Whether the last call goes over other modules, and says nothing as it was run.</summary>
    public bool IsJoint { get; private set; }

    /// <summary>Runs and compares.</summary>
    /// <param name="build">The build.</param>
    /// <param name="recordedSchema">Declarations that the events were written under.</param>
    /// <param name="call">The record.</param>
    /// <param name="events">Its events.</param>
    /// <param name="comparesFuel">Whether fuel counts as an effect, where the engine is the recorded one.</param>
    /// <param name="fuelMax">What the call may use; null for what is recorded, with a margin.</param>
    /// <returns>Whether everything is as recorded, or nothing can be said (<see cref="IsJoint"/>).</returns>
    public bool Run(
        RecordedBuild build,
        ModuleSchema recordedSchema,
        in RecordedCall call,
        ReadOnlySpan<RecordedEvent> events,
        bool comparesFuel,
        ulong? fuelMax)
    {
        _differences.Clear();
        End = null;
        IsJoint = false;
        HasComparedFuel = comparesFuel && call.Engine.SequenceEqual(_engine);
        ReducerSchema? reducer = build.FindReducer(call.Reducer);
        if (reducer is null || !reducer.Arguments.TryValidate(call.Arguments.Span, out _))
        {
            AddUnmade(build, recordedSchema, call, events[0].Revision, reducer);
            return false;
        }

        End = build.Run(reducer, call, fuelMax ?? FuelOf(call, HasComparedFuel), events[0]);
        IsJoint = build.HasCalledElsewhere;
        if (IsJoint)
        {
            HasComparedFuel = false;
            return true;
        }

        if (End is not CallEnd.Succeeded)
        {
            HasComparedFuel = false;
            Add(reducer, call, events[0].Revision, EffectKind.Ending, "success", OfEnd(End));
            return false;
        }

        MutationSet mutations = build.Runner.Overlay.Freeze();
        if (EphemeralRules.FindFlow(build.Runner.Overlay) is { } flow)
        {
            Add(reducer, call, events[0].Revision, EffectKind.Ending, "success", $"trapped: {flow.Message}");
            return false;
        }

        bool isEqual = EffectComparison.AreEqual(build.Loaded, mutations, call, events);
        if (!isEqual) EffectComparison.Describe(build.Loaded, recordedSchema, mutations, reducer, call, events, _differences);
        if (!HasComparedFuel || build.Runner.FuelUsed == call.Fuel) return isEqual;
        Add(
            reducer,
            call,
            events[0].Revision,
            EffectKind.Fuel,
            call.Fuel.ToString(CultureInfo.InvariantCulture),
            build.Runner.FuelUsed.ToString(CultureInfo.InvariantCulture));
        return false;
    }

    private static ulong FuelOf(in RecordedCall call, bool isComparable) =>
        isComparable ? Math.Min(call.Fuel, FuelMax) + FuelMargin : FuelMax;

    private void AddUnmade(
        RecordedBuild build, ModuleSchema recordedSchema, in RecordedCall call, Revision revision, ReducerSchema? reducer)
    {
        string name = Encoding.UTF8.GetString(call.Reducer);
        RowCodec? arguments = recordedSchema.FindReducer(name)?.Arguments;
        string found = reducer is null
            ? build.Loaded.DescribeUnknownReducer(name)
            : $"the arguments do not fit reducer {name} of this build";
        _differences.Add(new(revision, name, EffectText.OfCall(name, arguments, call.Arguments.Span), EffectKind.Ending, "success", found));
    }

    private void Add(ReducerSchema reducer, in RecordedCall call, Revision revision, EffectKind kind, string expected, string found) =>
        _differences.Add(new(
            revision,
            reducer.Name,
            EffectText.OfCall(reducer.Name, reducer.Arguments, call.Arguments.Span),
            kind,
            expected,
            found));

    private static string OfEnd(CallEnd end) => end switch
    {
        CallEnd.Rejected rejected => $"rejected: {rejected.Error}",
        CallEnd.Trapped trapped => $"trapped: {trapped.Trap.Message}",
        CallEnd.TimedOut timedOut => timedOut.Error,
        _ => "success",
    };
}
