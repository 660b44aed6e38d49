namespace Interstice.Host.Reducers;

/// <summary>The thread of an execution group: gives the loops of its modules their turns, one after the other, so that a call may go from
/// module to module and nothing else runs meanwhile.</summary>
/// <remarks>Invariants: a loop is given turns by one thread at a time; it goes from one thread to another between two turns only. A thread
/// without loops ends. With one loop it does what that loop does and nothing else.</remarks>
internal sealed class GroupThread
{
    // Guests may recurse as deep as their limit allows; the engine says how much stack that takes.
    private const int StackBytesMin = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly LoopWake _wake = new();
    private readonly List<Removal> _arriving = [];
    private readonly List<Removal> _leaving = [];
    private readonly List<ModuleLoop> _stopped = [];
    private ModuleLoop[] _loops = [];
    private volatile bool _hasMoves;
    private bool _ended;

    private GroupThread() => Calls = new CallChain<ModuleLoop>(FindCalled);

    /// <summary>Starts the thread of one loop.</summary>
    /// <param name="loop">The loop; has no thread yet.</param>
    /// <param name="stackBytes">Stack that the engine asks for.</param>
    public static void Start(ModuleLoop loop, int stackBytes)
    {
        var group = new GroupThread();
        group.Attach(loop);
        var thread = new Thread(group.Run, Math.Max(stackBytes, StackBytesMin))
        {
            IsBackground = true,
            Name = $"module {loop.Projection.Module}",
        };
        thread.Start();
    }

    /// <summary>The loops, in the order of their modules' names. Belongs to the thread.</summary>
    public ReadOnlySpan<ModuleLoop> Loops => _loops;

    /// <summary>Whether no module shares the thread.</summary>
    public bool IsLone => _loops.Length == 1;

    /// <summary>The pipeline that the modules share; null where there is one module, or where the store appends to one stream at a time.
    /// Belongs to the thread.</summary>
    public JointPipeline? Joint { get; private set; }

    /// <summary>The transaction that goes over several modules. Belongs to the thread.</summary>
    public CallChain<ModuleLoop> Calls { get; }

    /// <summary>The loop of a module if it is in the group. Belongs to the thread.</summary>
    public ModuleLoop? Find(string module)
    {
        foreach (ModuleLoop loop in _loops)
            if (loop.Projection.Module == module) return loop;
        return null;
    }

    /// <summary>Lets a loop go to the thread of another when its turn is over. Belongs to the thread, as an order of the loop.</summary>
    /// <returns>Ends when the other thread has it; with <see langword="false"/> if that thread has ended.</returns>
    public Task<bool> Move(ModuleLoop loop, GroupThread target)
    {
        if (target == this) return Task.FromResult(true);
        var move = new Removal(loop, target, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _leaving.Add(move);
        _hasMoves = true;
        return move.Done.Task;
    }

    /// <summary>Lets a loop go to a thread of its own when its turn is over. Belongs to the thread, as an order of the loop.</summary>
    /// <returns>Ends when it runs there.</returns>
    public Task<bool> Part(ModuleLoop loop, int stackBytes)
    {
        if (_loops.Length == 1) return Task.FromResult(true);
        var move = new Removal(loop, null, new(TaskCreationOptions.RunContinuationsAsynchronously)) { StackBytes = stackBytes };
        _leaving.Add(move);
        _hasMoves = true;
        return move.Done.Task;
    }

    /// <summary>Waits for the store in the middle of a transaction, which nothing else may come into. Callers of a module that is given up
    /// meanwhile are told so. Belongs to the thread.</summary>
    /// <param name="append">What the store does; how it ends is for the caller to see.</param>
    /// <param name="running">The work that waits nowhere yet, if there is one.</param>
    public void WaitFor(Task append, (ModuleLoop Loop, LoopWork Work)? running = null)
    {
        var spinner = new SpinWait();
        while (!append.IsCompleted && !spinner.NextSpinWillYield) spinner.SpinOnce();
        if (append.IsCompleted) return;
        append.ContinueWith(
            _ => _wake.Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!append.IsCompleted)
        {
            AbandonIfGivenUp(running);
            _wake.Sleep();
        }
    }

    /// <summary>Does what the host orders of any loop that shares the pipeline. Belongs to the thread.</summary>
    public void TakeOrders()
    {
        foreach (ModuleLoop loop in _loops) loop.TakeOrdersIn();
    }

    /// <summary>Sleeps until an append of the shared pipeline has ended or there is an order. Belongs to the thread.</summary>
    /// <param name="running">The work that waits nowhere yet, if there is one.</param>
    public void AwaitAppends((ModuleLoop Loop, LoopWork Work)? running)
    {
        AbandonIfGivenUp(running);
        _wake.BeginSleep();
        if (!Joint!.HasEnded && !Array.Exists(_loops, loop => loop.HasOrder)) _wake.Sleep();
        _wake.EndSleep();
    }

    /// <summary>While the thread waits for the store: callers of a module that is given up are told so, and who waits for a loop to come or to
    /// go hears that it does not. Belongs to the thread.</summary>
    /// <param name="running">The work that waits nowhere yet, if there is one.</param>
    public void AbandonIfGivenUp((ModuleLoop Loop, LoopWork Work)? running)
    {
        foreach (ModuleLoop loop in _loops) loop.AbandonIfGivenUp(loop == running?.Loop ? running?.Work : null);
        if (!_hasMoves) return;
        lock (_gate)
        {
            foreach (Removal move in _arriving) move.AbandonIfGivenUp();
        }

        foreach (Removal move in _leaving) move.AbandonIfGivenUp();
    }

    /// <summary>The role of a module has changed: what waits in others for it may go on. Belongs to the thread.</summary>
    public void TellRoles()
    {
        if (!IsLone)
            foreach (ModuleLoop loop in _loops) loop.ReleaseHeld();
        foreach (ModuleLoop loop in _loops) loop.BeginCompletion();
    }

    private void Run()
    {
        while (true)
        {
            try
            {
                if (_hasMoves) MoveAll();
                if (_loops.Length == 1) RunLone(_loops[0]);
                else if (_loops.Length > 1) RunTogether();
                else if (TryEnd()) return;
            }
            catch (Exception fault)
            {
                // A transaction may go over all of them: none can be trusted any more.
                foreach (ModuleLoop loop in _loops) loop.EndFailed(fault);
                _loops = [];
                EndJoint();
            }
        }
    }

    private void RunLone(ModuleLoop loop)
    {
        while (!_hasMoves)
        {
            LoopTurn turn = loop.TakeTurn();

            // An order of this very turn may have been to leave: then nobody wakes the thread.
            if (_hasMoves) return;
            switch (turn)
            {
                case LoopTurn.Worked:
                    break;
                case LoopTurn.AwaitsAppends:
                    loop.WaitForAppends();
                    break;
                case LoopTurn.Idle:
                    loop.Rest();
                    break;
                default:
                    End(loop);
                    return;
            }
        }
    }

    private void RunTogether()
    {
        bool hasEnded = Joint is not null && Joint.TakeEnded();
        (bool hasWorked, bool isGathering) = (hasEnded, hasEnded);
        foreach (ModuleLoop loop in _loops)
        {
            LoopTurn turn = loop.TakeTurn();
            if (turn == LoopTurn.Ended)
            {
                End(loop);
                return;
            }

            hasWorked |= turn == LoopTurn.Worked;
            isGathering |= turn == LoopTurn.Worked && loop.IsGathering;
            if (_hasMoves) return;
        }

        if (Joint is not null && Joint.AfterRound(hasWorked, isGathering)) return;
        if (hasWorked) return;
        foreach (ModuleLoop loop in _loops) loop.TidyUp();
        _wake.BeginSleep();
        if (!HasSomething()) _wake.Sleep();
        _wake.EndSleep();
    }

    private bool HasSomething()
    {
        foreach (ModuleLoop loop in _loops)
            if (loop.HasSomething) return true;
        return _hasMoves || Joint is { HasEnded: true };
    }

    private void End(ModuleLoop loop)
    {
        Place([.. _loops.Where(other => other != loop)]);
        _stopped.RemoveAll(other => other.Projection.Module == loop.Projection.Module);
        _stopped.Add(loop);
        loop.EndStopped();
    }

    // One that has ended is still there for calls of the others, and refuses them.
    private ModuleLoop? FindCalled(string module) =>
        Find(module) ?? _stopped.Find(loop => loop.Projection.Module == module);

    private bool TryEnd()
    {
        lock (_gate)
        {
            _ended = _arriving.Count == 0;
            return _ended;
        }
    }

    private void Attach(ModuleLoop loop)
    {
        loop.EnterGroup(this, _wake);
        Place([.. _loops.Append(loop).OrderBy(other => other.Projection.Module, StringComparer.Ordinal)]);
    }

    // With one module, or a store that appends to one stream at a time, each has a pipeline of its own. Nothing is in flight where that changes.
    private void Place(ModuleLoop[] loops)
    {
        _loops = loops;
        bool isJoint = loops.Length > 1 && loops[0].Store.CanAppendToSeveralStreams;
        if (isJoint) Joint ??= new JointPipeline(this, loops[0].Store, loops[0].Pipeline.Stream, _wake);
        else EndJoint();
        foreach (ModuleLoop loop in loops) loop.GatherIn(Joint);
    }

    private void EndJoint()
    {
        Joint?.Dispose();
        Joint = null;
    }

    private void MoveAll()
    {
        if (_loops.Length > 0 && _loops[0].Store.CanAppendToSeveralStreams) _loops[0].SendAll();
        Removal[] arriving;
        lock (_gate)
        {
            _hasMoves = false;
            arriving = [.. _arriving];
            _arriving.Clear();
        }

        foreach (Removal move in arriving)
        {
            Attach(move.Loop);
            move.Done.TrySetResult(true);
        }

        foreach (Removal move in _leaving)
        {
            if (!_loops.Contains(move.Loop)) move.Done.TrySetResult(false);
            else Release(move);
        }

        _leaving.Clear();
        foreach (ModuleLoop loop in _loops) loop.BeginCompletion();
    }

    private void Release(Removal move)
    {
        ModuleLoop[] before = _loops;
        Place([.. before.Where(other => other != move.Loop)]);
        if (move.Target is null)
        {
            Start(move.Loop, move.StackBytes);
            move.Done.TrySetResult(true);
        }
        else if (!move.Target.TryReceive(move))
        {
            Place(before);
            move.Done.TrySetResult(false);
        }
    }

    private bool TryReceive(Removal move)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _arriving.Add(move);
            _hasMoves = true;
        }

        _wake.Wake();
        return true;
    }

    private sealed record Removal(ModuleLoop Loop, GroupThread? Target, TaskCompletionSource<bool> Done)
    {
        public int StackBytes { get; init; }

        public void AbandonIfGivenUp()
        {
            if (!Loop.AbandonIfGivenUp(null)) return;
            Done.TrySetResult(false);
        }
    }
}
