using Interstice.Host.Abi;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reducers;

/// <summary>The transaction that goes over several modules of a group: which they are, which of them wait for another, and what is undone
/// when a call within it says no. One for each thread of a group, used for one transaction after another.</summary>
/// <remarks>Invariants: open from the first call of another module to <see cref="End"/>; the first participant is the module that was called
/// from outside, and the lowest of the stack. A module stands in the stack once, so that its overlay does not change while one that it called
/// runs.</remarks>
/// <typeparam name="TMember">What stands for a module: its loop, or its history where recorded calls are run again.</typeparam>
/// <param name="find">Finds a module of the group by its name.</param>
internal sealed class CallChain<TMember>(Func<string, TMember?> find)
    where TMember : class, IGroupMember
{
    private readonly List<Participant> _participants = [];
    private readonly List<Frame> _stack = [];
    private readonly List<Savepoint> _savepoints = [];

    /// <summary>Whether the transaction that runs has called another module.</summary>
    public bool IsOpen => _stack.Count > 0;

    /// <summary>The modules that it has been in, in the order of the first calls.</summary>
    public IReadOnlyList<Participant> Participants => _participants;

    /// <summary>Why a module that was called cannot run now, if one could not: the transaction was never complete and may be tried
    /// again.</summary>
    public (CallRefusal Kind, string Reason)? Refusal { get; private set; }

    /// <summary>Calls a reducer of another module.</summary>
    /// <param name="from">The module that calls.</param>
    /// <param name="caller">Its imports.</param>
    /// <param name="module">Name of the module.</param>
    /// <param name="name">Name of the reducer.</param>
    /// <param name="arguments">Encoded arguments; borrowed.</param>
    /// <exception cref="ModuleTrapException">The transaction has failed.</exception>
    public int Call(TMember from, HostImports caller, string module, string name, ReadOnlySpan<byte> arguments)
    {
        if (!IsOpen) Begin(from, caller);
        TMember loop = Find(module, name);
        LoadedModule callee = loop.Loaded!;
        ReducerSchema reducer = FindReducer(callee, module, name, arguments);
        int before = _participants.Count;
        int saved = Save();
        if (!_participants.Exists(participant => participant.Loop == loop)) Join(loop, callee);
        int depth = _stack.Count;
        _stack.Add(new(loop, reducer));
        CallEnd end = callee.Runner.RunNested(
            reducer, arguments, caller, from.Module, CountOthers(loop), _participants[0].Loop.Watch);
        switch (end)
        {
            case CallEnd.Succeeded:
                _stack.RemoveRange(depth, _stack.Count - depth);
                _savepoints.RemoveRange(saved, _savepoints.Count - saved);
                return caller.TakeNested(callee.Runner.Result, CountOthers(from));
            case CallEnd.Rejected rejected:
                _stack.RemoveRange(depth, _stack.Count - depth);
                GoBack(before, saved);
                return caller.RefuseNested(rejected.Error, CountOthers(from));
            case CallEnd.Trapped { Trap: { IsOfCallee: true } trap }:
                throw trap;
            case CallEnd.Trapped { Trap: var trap }:
                throw new ModuleTrapException(trap.Kind, $"{trap.Message}; called as {Path}", inner: trap) { IsOfCallee = true };
            default:
                throw new InvalidOperationException($"a nested call ended with {end}");
        }
    }

    /// <summary>The transaction has ended, however it did.</summary>
    public void End()
    {
        _stack.Clear();
        _participants.Clear();
        _savepoints.Clear();
        Refusal = null;
    }

    private string Path => string.Join(" > ", _stack.Select(frame => frame.ToString()));

    private void Begin(TMember from, HostImports caller)
    {
        LoadedModule loaded = from.Loaded!;
        _stack.Add(new(from, loaded.Schema.FindReducer(caller.Function)!));
        _participants.Add(new(from, loaded, default));
    }

    private void Join(TMember loop, LoadedModule loaded)
    {
        MutationOverlay overlay = loaded.Runner.Overlay;
        overlay.Begin();
        _participants.Add(new(loop, loaded, overlay.CreateSavepoint()));
    }

    private TMember Find(string module, string name)
    {
        string call = $"{module}.{name}";
        if (_stack[^1].Reducer.Calls.AsSpan().BinarySearch(call, StringComparer.Ordinal) < 0)
            throw Misuse($"{Path} calls {call}, which it does not declare; add it to calls of reducer \"{_stack[^1].Reducer.Name}\"");
        foreach (Frame frame in _stack)
        {
            if (frame.Loop.Module == module)
                throw Misuse($"{Path} > {call} comes back to module {module}, which waits for the call; a module is not entered twice");
        }

        TMember loop = find(module)
            ?? throw Misuse($"{Path} calls {call}, and there is no module \"{module}\" in this store, or it is being joined; publish it");
        if (loop.Obstacle is { } obstacle)
        {
            Refusal = (obstacle.Kind, $"{Path} calls {call}: {obstacle.Reason}");
            throw new ModuleTrapException(ModuleTrapKind.Aborted, Refusal.Value.Reason) { IsOfCallee = true };
        }

        return loop;
    }

    private ReducerSchema FindReducer(LoadedModule callee, string module, string name, ReadOnlySpan<byte> arguments)
    {
        ReducerSchema reducer = callee.Schema.FindReducer(name) ?? throw Misuse($"{Path}: {callee.DescribeUnknownReducer(name)}");
        if (reducer.Visibility == Visibility.Private || reducer.Lifecycle is not null)
            throw Misuse($"{Path} calls {module}.{name}, which only module {module} and the host may call");
        if (!reducer.Arguments.TryValidate(arguments, out Kernel.Values.ValueError error))
            throw Misuse($"{Path} calls {module}.{name} with arguments that do not fit it: {error}");
        return reducer;
    }

    private int Save()
    {
        int saved = _savepoints.Count;
        foreach (Participant participant in _participants) _savepoints.Add(participant.Overlay.CreateSavepoint());
        return saved;
    }

    // Those that came in with the call go back to nothing; what they read stays read.
    private void GoBack(int before, int saved)
    {
        for (int i = 0; i < _participants.Count; i++)
        {
            Participant participant = _participants[i];
            if (_stack.Exists(frame => frame.Loop == participant.Loop)) continue;
            participant.Overlay.RollbackTo(i < before ? _savepoints[saved + i] : participant.Joined);
        }

        _savepoints.RemoveRange(saved, _savepoints.Count - saved);
    }

    private (int Mutations, long Bytes) CountOthers(TMember loop)
    {
        (int mutations, long bytes) = (0, 0);
        foreach (Participant participant in _participants)
        {
            if (participant.Loop == loop) continue;
            mutations += participant.Overlay.MutationCount;
            bytes += participant.Overlay.Bytes;
        }

        return (mutations, bytes);
    }

    private static ModuleTrapException Misuse(string message) => new(ModuleTrapKind.Abi, message);

    /// <summary>A module that the transaction has been in.</summary>
    /// <param name="Loop">Its loop.</param>
    /// <param name="Loaded">What runs.</param>
    /// <param name="Joined">Its overlay before the first call.</param>
    public readonly record struct Participant(TMember Loop, LoadedModule Loaded, Savepoint Joined)
    {
        /// <summary>What the transaction has changed in it.</summary>
        public MutationOverlay Overlay => Loaded.Runner.Overlay;
    }

    private readonly record struct Frame(TMember Loop, ReducerSchema Reducer)
    {
        public override string ToString() => $"{Loop.Module}.{Reducer.Name}";
    }
}
