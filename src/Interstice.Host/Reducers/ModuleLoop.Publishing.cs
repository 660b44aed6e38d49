using Interstice.Host.Commands;
using Interstice.Host.Following;
using Interstice.Host.Migrations;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reducers;

/// <summary>Loading a build, and swapping one for the next between two transactions.</summary>
internal sealed partial class ModuleLoop
{
    /// <summary>Loads the build that the stream names. Called once, before calls arrive. When it cannot be loaded, the tables
    /// are there all the same and can be read; calls are told why they are refused.</summary>
    /// <param name="published">The build.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task LoadAsync(ModulePublished published, CancellationToken cancellationToken)
    {
        BuildSearch build = await _find(published, cancellationToken).ConfigureAwait(false);
        var work = new ViewWork<bool>(_ =>
        {
            TakeUp(build);
            return true;
        });
        Enqueue(work);
        await work.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an instance of a build over empty tables and throws it away, so that a build which cannot be initialised
    /// is refused before anything is written.</summary>
    /// <exception cref="ModuleRefusedException">It cannot be linked or its initialisation trapped.</exception>
    public Task TryOutAsync(PublicationCandidate candidate)
    {
        var work = new ViewWork<bool>(_ =>
        {
            using LoadedModule loaded = CreateLoaded(candidate, new ModuleState(candidate.Schema));
            TryLifecycle(loaded, Describe(candidate, NowUs(), [], default));
            return true;
        });
        Enqueue(work);
        return work.Answer;
    }

    /// <summary>Appends the publication and takes the new build into use, or changes nothing.</summary>
    /// <returns>Null when the store has to be asked what became of the publication; then the work is done again.</returns>
    /// <exception cref="ModuleRefusedException">The build does not fit or cannot be initialised.</exception>
    /// <exception cref="ModuleUnavailableException">The store did not take the publication.</exception>
    public PublishResult? ExecutePublication(PublishWork work)
    {
        PublicationCandidate candidate = work.Candidate;
        if (_isOwner) Drain(work);
        if (Projection.Published is { } current && current.Code == candidate.Hash && _loaded?.Hash == candidate.Hash)
            return new(Projection.Module, current.Version, candidate.Hash, false, Projection.PublishedAt);
        ExpectOwner(_isOwner);

        IReadOnlyList<MigrationStep> steps = PublicationRules.PlanSteps(Projection, candidate.Schema);
        work.Confirm?.Invoke(_pipeline.Durable);
        long timeUs = NowUs();
        ReducerSandbox reducers = CreateSandbox(candidate, steps, timeUs);
        ModuleProjection.Preview next = PublicationRules.Prepare(Projection, candidate.Schema, steps, timeUs, reducers);
        ModulePublished published = Describe(candidate, timeUs, steps, next.State.Hash) with { Effects = reducers.Effects };
        LoadedModule loaded = CreateLoaded(candidate, next.State);
        LifecycleRun? lifecycle;
        bool isAppended = false;
        try
        {
            lifecycle = TryLifecycle(loaded, published);
            isAppended = TryAppend(published, work);
        }
        finally
        {
            if (!isAppended) loaded.Dispose();
        }

        if (!isAppended) return null;
        Projection.Publish(published, next, _pipeline.Durable);
        Swap(loaded, null);
        CommitLifecycle(loaded, lifecycle);
        work.UsesCode = true;
        return new(Projection.Module, published.Version, candidate.Hash, true, _pipeline.Durable) { Steps = published.Steps };
    }

    /// <summary>Runs the reducers of migrations on the loop's thread, as a publication does.</summary>
    public ReducerSandbox CreateSandbox(PublicationCandidate candidate, IEnumerable<MigrationStep> steps, long timeUs) => new(
        candidate,
        _identity.Limits,
        _identity.LogGuest(Projection.Module),
        _watch,
        timeUs,
        () => _numbers.NextSeed(_identity),
        ReducerSandbox.RoomIn(_store, candidate, steps));

    // The build that the stream names takes the place of the one before; where it cannot run, nothing does.
    private void TakeUp(BuildSearch build)
    {
        if (build is BuildSearch.Refused refused)
        {
            Swap(null, refused.Reason);
            return;
        }

        PublicationCandidate found = ((BuildSearch.Found)build).Build;
        try
        {
            Swap(CreateLoaded(found, Projection.State!), null);
        }
        catch (ModuleRefusedException refusal)
        {
            found.Code.Dispose();
            Swap(null, refusal.Message);
        }
    }

    private void Swap(LoadedModule? loaded, string? unavailable)
    {
        Retire(Interlocked.Exchange(ref _loaded, loaded));
        Volatile.Write(ref _unavailable, unavailable);
        AnnounceLoaded();
        BeginDuties();
    }

    private static void Retire(LoadedModule? loaded)
    {
        loaded?.Dispose();
        loaded?.Code.Dispose();
    }

    private LoadedModule CreateLoaded(PublicationCandidate build, ModuleState state) =>
        LoadedModule.Create(build, state, _identity.Limits, _identity.LogGuest(Projection.Module), _watch, this);

    private ModulePublished Describe(
        PublicationCandidate candidate, long timeUs, IReadOnlyList<MigrationStep> steps, StateHash hash) => new()
        {
            Version = (Projection.Published?.Version ?? 0) + 1,
            Abi = candidate.Schema.Abi,
            Code = candidate.Hash,
            CodeBytes = candidate.Binary.Length,
            ChunkCount = candidate.ChunkCount,
            FuelSchedule = _identity.FuelSchedule,
            Schema = candidate.Schema.ToBytes(),
            TimeUs = timeUs,
            Publisher = candidate.Publisher,
            Steps = steps.Count == 0 ? [] : [.. steps.Select(step => step.ToJson())],
            StateHash = steps.Count == 0 ? default : hash,
        };

    // Nobody goes on behind a void transaction without taking ownership.
    private void Drain(LoopWork work)
    {
        SendAll(work);
        ExpectOwner(_isOwner);
        if (!Projection.IsLastVoid || _owns) return;
        TakeOwnership(_pipeline.Current);
        SendAll(work);
        ExpectOwner(_isOwner && _owns);
    }

    /// <summary>Waits until everything before a publication, or before the loop goes to another thread, is durable, of all modules that share its
    /// pipeline. Orders are done meanwhile, as between two works: what they may change asks for the role and whether something is in flight.</summary>
    /// <param name="running">What waits for that and is in no batch, if there is something.</param>
    public void SendAll(LoopWork? running = null)
    {
        (ModuleLoop, LoopWork)? waits = running is null ? null : (this, running);
        if (_group!.Joint is { } joint)
        {
            joint.SendAll(waits);
            return;
        }

        while (!_pipeline.IsDrained)
        {
            _group.AbandonIfGivenUp(waits);
            if (!_appendFailed && !_pipeline.IsFull) Send();
            while (_inbox.TryTakeEnded(out TransactionBatch _)) CommitEnded();
            TakeOrders();
            if (_appendFailed && _pipeline.HaveAllEnded) UndoFailed();
            else if (_pipeline.InFlightCount > 0) _inbox.Wait(forAppendsOnly: true); // what was held behind an append is sent when it has ended
        }
    }

    private void ExpectOwner(bool isOwner)
    {
        if (isOwner) return;
        string reason = Standing.Reason ?? "the store did not take the change of ownership before it";
        throw new ModuleUnavailableException(
            Standing.Role == ModuleRole.Following ? CallRefusal.NotOwner : CallRefusal.NotCommitted,
            $"module {Projection.Module} was not published: {reason}; try again");
    }

    private bool TryAppend(ModulePublished published, PublishWork work)
    {
        Guid id = _numbers.NextTransactionId(_identity).EventId(0);
        byte[] payload = published.ToBytes();
        ChainValue chain = ChainWith(id, EventTypes.ModulePublished, payload);
        EventData[] events = [new(id, EventTypes.ModulePublished, false, payload, ChainMetadata.ToBytes(chain))];
        AppendResult result;
        try
        {
            Task<AppendResult> append = _store
                .AppendAsync(StreamNames.Module(Projection.Module), ExpectedRevision.At(_pipeline.Durable), events)
                .AsTask();
            _group!.WaitFor(append, (this, work));
            result = append.GetAwaiter().GetResult();
        }
        catch (EventStoreException fault) when (fault.Kind is EventStoreErrorKind.Unknown or EventStoreErrorKind.Damaged)
        {
            return Hold(work, id, $"the store failed while it was being published ({fault.Message})");
        }
        catch (EventStoreException fault)
        {
            throw new ModuleUnavailableException(
                CallRefusal.NotCommitted,
                $"module {Projection.Module} was not published: {fault.Message}");
        }

        if (result is not AppendResult.Appended appended)
            return Hold(work, id, $"its stream is not as expected ({result})");

        Projection.Links.MoveTo(chain);
        _pipeline.Advance(appended.Revision, appended.Position);
        return true;
    }

    private bool Hold(PublishWork work, Guid id, string reason)
    {
        _sent = (work, id);
        BeginResolving($"module {Projection.Module}: {reason}");
        return false;
    }

    // The value after an event that is not in the stream yet: the chain itself stays where it is until it is.
    private ChainValue ChainWith(Guid id, string type, ReadOnlySpan<byte> payload)
    {
        EventChain links = Projection.Links;
        ChainValue before = links.Value;
        links.Begin(_pipeline.Durable.Next);
        links.Add(id, type, isJson: false, payload, ChainMetadata.Head);
        ChainValue after = links.End();
        links.MoveTo(before);
        return after;
    }
}
