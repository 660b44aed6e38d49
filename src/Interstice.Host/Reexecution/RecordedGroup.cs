using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>The modules whose histories are walked together: the one that is looked at, and those that its recorded calls go to or come
/// from. Others join when a call needs them, each with its tables as they were there.</summary>
/// <remarks>
/// A module joins with everything that stands before a position of the log. That is what the call saw: a transaction stands behind everything
/// that it may have read, and before whatever changed that later (docs/semantics.md, Calls between modules). Used by one thread at a time.
/// </remarks>
internal sealed class RecordedGroup : IDisposable
{
    private readonly RecordedHistory _history;
    private readonly ModuleLimits _limits;
    private readonly List<RecordedMember> _others = [];
    private readonly Dictionary<RecordedMember, PublicationCandidate> _candidates = [];
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private readonly HashSet<ReducerSchema> _gathered = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes the group of one module.</summary>
    /// <param name="history">The store.</param>
    /// <param name="main">The module, at the end of a transaction.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="watch">Watches the calls by the clock; null where the clock is no limit.</param>
    public RecordedGroup(RecordedHistory history, ModuleProjection main, ModuleLimits limits, CallWatch? watch = null)
    {
        _history = history;
        _limits = limits;
        Watch = watch ?? new CallWatch(TimeProvider.System, Timeout.InfiniteTimeSpan);
        Calls = new CallChain<RecordedMember>(Find);
        Main = new RecordedMember(this, main, new HistoryCursor(history.Store, main));
    }

    /// <summary>The module that is looked at.</summary>
    public RecordedMember Main { get; }

    /// <summary>The others.</summary>
    public IReadOnlyList<RecordedMember> Others => _others;

    /// <summary>The call that is run, where it goes over several of them.</summary>
    public CallChain<RecordedMember> Calls { get; }

    /// <summary>Watches the calls.</summary>
    public CallWatch Watch { get; }

    /// <summary>Whether calls may go where no recorded one went: then a module that is not there is one that the call must not name. Else it is
    /// one whose log is lost, because a recorded call has found it.</summary>
    public bool RunsCandidate { get; init; }

    /// <summary>Position of the last event that any of some modules has now; before everything where there is none.</summary>
    public Position FindEnd(IReadOnlyList<string> modules, CancellationToken cancellationToken) =>
        modules.Count == 0 ? Position.Start : modules.Max(module => _history.FindEnd(module, cancellationToken));

    /// <summary>Begins to read every stream behind what was applied of it.</summary>
    public void Open(CancellationToken cancellationToken)
    {
        _missing.Clear();
        _gathered.Clear();
        Main.Cursor.Open(cancellationToken);
        foreach (RecordedMember other in _others) other.Cursor.Open(cancellationToken);
    }

    /// <summary>Ends reading.</summary>
    public void Close()
    {
        Main.Cursor.Close();
        foreach (RecordedMember other in _others) other.Cursor.Close();
    }

    /// <summary>Lets the modules join that a reducer may call, directly and through others.</summary>
    /// <param name="reducer">The reducer.</param>
    /// <param name="at">Where the call stands in the log.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public void Gather(ReducerSchema reducer, Position at, CancellationToken cancellationToken)
    {
        if (reducer.Calls.IsEmpty || !_gathered.Add(reducer)) return;
        foreach (string call in reducer.Calls)
        {
            (string module, string name) = CallGraph.Split(call);
            RecordedMember? called = module == Main.Module ? Main : Join(module, at, cancellationToken);
            if (called?.Projection.Schema?.FindReducer(name) is { } next) Gather(next, at, cancellationToken);
        }
    }

    /// <summary>Whether a reducer may come to the module that is looked at, as declarations are now.</summary>
    public bool MayReachMain(ReducerSchema reducer) => MayReachMain(reducer, new(ReferenceEqualityComparer.Instance));

    /// <summary>Lets a module join.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="at">It joins with everything before this position.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>Null for a module that is not there, or whose log cannot be read.</returns>
    public RecordedMember? Join(string module, Position at, CancellationToken cancellationToken)
    {
        if (_others.Find(other => other.Module == module) is { } known) return known;
        if (_missing.Contains(module)) return null;
        return Join(module, () => _history.TryProjectBefore(module, at, null, cancellationToken), cancellationToken);
    }

    /// <summary>Lets the module join that made a transaction, standing before it.</summary>
    /// <param name="module">Its name; it has not joined.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="at">Position of a part of it in another stream.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>Whether the transaction is what comes next in its stream.</returns>
    public bool JoinBefore(string module, TransactionId transaction, Position at, CancellationToken cancellationToken)
    {
        if (_missing.Contains(module)) return false;
        RecordedMember? joined = Join(
            module, () => _history.TryProjectBefore(module, at, transaction, cancellationToken), cancellationToken);
        return joined is not null && !joined.FindPart(transaction).IsEmpty;
    }

    private RecordedMember? Join(string module, Func<ModuleProjection?> project, CancellationToken cancellationToken)
    {
        ModuleProjection? projection = null;
        try
        {
            projection = project();
        }
        catch (ReplayException)
        {
            // What goes through it is counted as not joined; replay-check says what is wrong with it.
            _unreadable.Add(module);
        }

        if (projection is null)
        {
            _missing.Add(module);
            return null;
        }

        var joined = new RecordedMember(this, projection, new HistoryCursor(_history.Store, projection));
        joined.Cursor.Open(cancellationToken);
        _others.Add(joined);
        if (projection.Published is not null) TakeUp(joined, cancellationToken);
        return joined;
    }

    /// <summary>Loads the build that is in force in one of the others.</summary>
    public void TakeUp(RecordedMember other, CancellationToken cancellationToken)
    {
        End(other);
        _gathered.Clear();
        BuildSearch found = _history.Builds.FindAsync(other.Projection.Published!, cancellationToken).GetAwaiter().GetResult();
        if (found is not BuildSearch.Found { Build: var candidate }) return;
        _candidates[other] = candidate;
        try
        {
            other.Build = other.Create(candidate, _limits);
        }
        catch (ModuleRefusedException)
        {
            // What goes through it is counted as not joined.
        }
    }

    /// <summary>Ends the instances of the others; that of the module that is looked at belongs to its check.</summary>
    public void Dispose()
    {
        Close();
        foreach (RecordedMember other in _others) End(other);
    }

    private RecordedMember? Find(string module)
    {
        RecordedMember? found = module == Main.Module ? Main : _others.Find(other => other.Module == module);
        if (found?.Projection.State is not null) return found;
        if (RunsCandidate && !_unreadable.Contains(module)) return null;
        var lost = new ModuleProjection(module);
        return new RecordedMember(this, lost, new HistoryCursor(_history.Store, lost));
    }

    private bool MayReachMain(ReducerSchema reducer, HashSet<ReducerSchema> seen)
    {
        if (!seen.Add(reducer)) return false;
        foreach (string call in reducer.Calls)
        {
            (string module, string name) = CallGraph.Split(call);
            if (module == Main.Module) return true;
            if (Find(module)?.Projection.Schema?.FindReducer(name) is { } next && MayReachMain(next, seen)) return true;
        }

        return false;
    }

    private void End(RecordedMember other)
    {
        other.Build?.Dispose();
        other.Build = null;
        if (_candidates.Remove(other, out PublicationCandidate? candidate)) candidate.Code.Dispose();
    }
}
