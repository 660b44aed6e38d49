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
    /// <exception cref="ModuleRefusedException">The build does not fit or cannot be initialised.</exception>
    /// <exception cref="ModuleUnavailableException">The store did not take the publication.</exception>
    public PublishResult ExecutePublication(PublicationCandidate candidate)
    {
        Drain();
        if (Projection.Published is { } current && current.Code == candidate.Hash && _loaded is not null)
            return new(Projection.Module, current.Version, candidate.Hash, false, Projection.PublishedAt);

        PublicationRules.CheckFits(Projection, candidate.Schema);
        ModulePublished published = Describe(candidate);
        ModuleProjection.Preview next = Projection.Prepare(candidate.Schema);
        LoadedModule loaded = CreateLoaded(candidate, next.State);
        try
        {
            Append(published);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }

        Projection.Publish(published, next, _pipeline.Durable);
        Retire(Interlocked.Exchange(ref _loaded, loaded));
        Volatile.Write(ref _unavailable, null);
        return new(Projection.Module, published.Version, candidate.Hash, true, _pipeline.Durable);
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

        if (_unavailable is { } reason && _loaded is not null)
            throw new ModuleUnavailableException(CallRefusal.Unavailable, reason);
    }

    private void Append(ModulePublished published)
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
        catch (EventStoreException fault)
        {
            throw new ModuleUnavailableException(
                CallRefusal.NotCommitted,
                $"module {Projection.Module} was not published: {fault.Message}");
        }

        if (result is not AppendResult.Appended appended)
        {
            throw new ModuleUnavailableException(
                CallRefusal.NotCommitted,
                $"module {Projection.Module} was not published: somebody else writes to its stream ({result})");
        }

        Projection.Links.MoveTo(chain);
        _pipeline.Advance(appended.Revision, appended.Position);
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
