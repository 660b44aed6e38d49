using System.Text;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reexecution;

/// <summary>A build with an instance that runs recorded calls. What they do stays in the overlay: no table changes.</summary>
internal sealed class RecordedBuild : IDisposable
{
    private readonly byte[][] _names;

    private RecordedBuild(LoadedModule loaded)
    {
        Loaded = loaded;
        _names = [.. loaded.Schema.Reducers.Select(reducer => Encoding.UTF8.GetBytes(reducer.Name))];
    }

    /// <summary>A log that keeps nothing: what a guest logged was logged when the call was made.</summary>
    public static IGuestLog Silent => SilentLog.Instance;

    /// <summary>The build.</summary>
    public LoadedModule Loaded { get; }

    /// <summary>Runs its calls.</summary>
    public ReducerRunner Runner => Loaded.Runner;

    /// <summary>Makes an instance.</summary>
    /// <param name="build">The build; not disposed with it.</param>
    /// <param name="state">The tables that it reads.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="watch">Watches the calls by the clock; null where the clock is no limit.</param>
    /// <param name="calls">Runs its calls of other modules; null for a module that runs alone.</param>
    /// <exception cref="ModuleRefusedException">It cannot be linked or its initialisation trapped.</exception>
    public static RecordedBuild Create(
        PublicationCandidate build, ModuleState state, ModuleLimits limits, CallWatch? watch = null, IModuleCalls? calls = null) =>
        new(LoadedModule.Create(
            build,
            state,
            limits with { LogLinesMax = 0 },
            SilentLog.Instance,
            watch ?? new CallWatch(TimeProvider.System, Timeout.InfiniteTimeSpan),
            calls));

    /// <summary>The reducer of a name, or null.</summary>
    /// <param name="name">Its name in UTF-8.</param>
    public ReducerSchema? FindReducer(ReadOnlySpan<byte> name)
    {
        // Modules have few reducers: comparing names costs less than making a string of one.
        for (int i = 0; i < _names.Length; i++)
            if (name.SequenceEqual(_names[i])) return Loaded.Schema.Reducers[i];
        return null;
    }

    /// <summary>Runs a call with the inputs that are recorded.</summary>
    /// <param name="reducer">Its reducer; the arguments fit.</param>
    /// <param name="call">The record.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="fuel">What it may use.</param>
    /// <param name="first">Its transaction's first event, which says what a timer gave it.</param>
    public CallEnd Run(ReducerSchema reducer, in RecordedCall call, ReadOnlyMemory<byte> arguments, ulong fuel, in RecordedEvent first)
    {
        (HostRows? rows, TimerFiring? firing) = RecordedFiring.Find(call, first);
        return Runner.RunReducer(reducer, new CallInputs(arguments, call.Caller, call.TimeUs, call.Seed, rows, firing), fuel);
    }

    /// <summary>Ends the instance.</summary>
    public void Dispose() => Loaded.Dispose();

    private sealed class SilentLog : IGuestLog
    {
        public static readonly SilentLog Instance = new();

        public void Write(int level, string function, string text)
        {
        }
    }
}
