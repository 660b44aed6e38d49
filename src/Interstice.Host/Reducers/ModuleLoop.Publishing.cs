using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reducers;

/// <summary>Loading a build, and swapping one for the next between two transactions.</summary>
internal sealed partial class ModuleLoop
{
    /// <summary>Loads the build that the stream names. Called once, before calls arrive. When it cannot be loaded, the tables
    /// are there all the same and can be read; calls are told why they are refused.</summary>
    /// <param name="find">Finds the code; throws <see cref="ModuleRefusedException"/> when it cannot.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task LoadAsync(Func<Task<PublicationCandidate>> find, CancellationToken cancellationToken)
    {
        PublicationCandidate build;
        try
        {
            build = await find().ConfigureAwait(false);
        }
        catch (ModuleRefusedException refusal)
        {
            Volatile.Write(ref _unavailable, refusal.Message);
            return;
        }

        var work = new ViewWork<bool>(projection => TryLoad(build, projection));
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
            CreateLoaded(candidate, new ModuleState(candidate.Schema)).Dispose();
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
        Drain();
        if (Projection.PublishedAt == _adoptedPublication && Projection.Published?.Code == candidate.Hash && _loaded?.Hash != candidate.Hash)
            return TakeUp(candidate);
        if (Projection.Published is { } current && current.Code == candidate.Hash && _loaded is not null)
            return new(Projection.Module, current.Version, candidate.Hash, false, Projection.PublishedAt);

        PublicationRules.CheckFits(Projection, candidate.Schema);
        ModulePublished published = Describe(candidate);
        ModuleProjection.Preview next = Projection.Prepare(candidate.Schema);
        LoadedModule loaded = CreateLoaded(candidate, next.State);
        bool isAppended = false;
        try
        {
            isAppended = TryAppend(published, work);
        }
        finally
        {
            if (!isAppended) loaded.Dispose();
        }

        if (!isAppended) return null;
        Projection.Publish(published, next, _pipeline.Durable);
        Retire(Interlocked.Exchange(ref _loaded, loaded));
        Volatile.Write(ref _unavailable, null);
        return new(Projection.Module, published.Version, candidate.Hash, true, _pipeline.Durable);
    }

    // The publication was found in the stream: what is left to do is to run it.
    private PublishResult TakeUp(PublicationCandidate candidate)
    {
        LoadedModule loaded = CreateLoaded(candidate, Projection.State!);
        Retire(Interlocked.Exchange(ref _loaded, loaded));
        Volatile.Write(ref _unavailable, null);
        _adoptedPublication = Revision.None;
        return new(Projection.Module, Projection.Published!.Version, candidate.Hash, true, Projection.PublishedAt);
    }

    private static void Retire(LoadedModule? loaded)
    {
        loaded?.Dispose();
        loaded?.Code.Dispose();
    }

    private bool TryLoad(PublicationCandidate build, ModuleProjection projection)
    {
        try
        {
            Volatile.Write(ref _loaded, CreateLoaded(build, projection.State!));
            return true;
        }
        catch (ModuleRefusedException refusal)
        {
            Volatile.Write(ref _unavailable, refusal.Message);
            return false;
        }
    }

    private LoadedModule CreateLoaded(PublicationCandidate build, ModuleState state) =>
        LoadedModule.Create(build, state, _identity.Limits, _identity.LogGuest(Projection.Module), _watch);

    private ModulePublished Describe(PublicationCandidate candidate) => new()
    {
        Version = (Projection.Published?.Version ?? 0) + 1,
        Abi = candidate.Schema.Abi,
        Code = candidate.Hash,
        CodeBytes = candidate.Binary.Length,
        ChunkCount = candidate.ChunkCount,
        FuelSchedule = _identity.FuelSchedule,
        Schema = candidate.Schema.ToBytes(),
        TimeUs = NowUs(),
        Publisher = candidate.Publisher,
    };

    // Everything before the publication is durable first, so that it can wait for the store in place.
    private void Drain()
    {
        while (!_pipeline.IsDrained)
        {
            if (!_pipeline.IsFull) _pipeline.Send();
            while (_inbox.TryTakeEnded(out TransactionBatch _)) CommitEnded();
            if (_appendFailed && _pipeline.HaveAllEnded) UndoFailed();
            else if (!_pipeline.IsDrained) _inbox.Wait(forAppendsOnly: true);
        }

        if (!_isOwner)
            throw new ModuleUnavailableException(CallRefusal.NotCommitted, $"module {Projection.Module} was not published: {Standing.Reason}; try again");
        if (!Projection.IsLastVoid || _owns) return;

        // Nobody goes on behind a void transaction without taking ownership.
        TakeOwnership(_pipeline.Current);
        Drain();
    }

    private bool TryAppend(ModulePublished published, PublishWork work)
    {
        Guid id = NextTransactionId().EventId(0);
        byte[] payload = published.ToBytes();
        ChainValue chain = ChainWith(id, EventTypes.ModulePublished, payload);
        EventData[] events = [new(id, EventTypes.ModulePublished, false, payload, ChainMetadata.ToBytes(chain))];
        AppendResult result;
        try
        {
            result = _store
                .AppendAsync(StreamNames.Module(Projection.Module), ExpectedRevision.At(_pipeline.Durable), events)
                .AsTask().GetAwaiter().GetResult();
        }
        catch (EventStoreException fault) when (fault.Kind is EventStoreErrorKind.Unknown or EventStoreErrorKind.Damaged)
        {
            return Hold(work, $"the store failed while it was being published ({fault.Message})");
        }
        catch (EventStoreException fault)
        {
            throw new ModuleUnavailableException(
                CallRefusal.NotCommitted,
                $"module {Projection.Module} was not published: {fault.Message}");
        }

        if (result is not AppendResult.Appended appended)
            return Hold(work, $"its stream is not as expected ({result})");

        Projection.Links.MoveTo(chain);
        _pipeline.Advance(appended.Revision, appended.Position);
        return true;
    }

    private bool Hold(PublishWork work, string reason)
    {
        _held.Enqueue(work);
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
