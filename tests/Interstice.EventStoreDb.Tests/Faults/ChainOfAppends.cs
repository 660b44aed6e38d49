using Interstice.Kernel.Events;

namespace Interstice.EventStoreDb.Tests.Faults;

/// <summary>A caller that appends batches in a chain, several in flight, and resolves what it does not know as docs/semantics.md says: an event
/// of its own at the last revision it knows, reading forward after each refusal, until one is accepted; behind that no older append can land.
/// What was not written is then appended again.</summary>
internal sealed class ChainOfAppends(IEventStore store, StreamName stream, int batches, int inFlightMax)
{
    private const string BatchType = "Batch";
    private const string BorderType = "Border";
    private const int EventsPerBatch = 3;

    private readonly EventData[][] _batches = [.. Enumerable.Range(0, batches).Select(Batch)];
    private readonly HashSet<Guid> _found = [];
    private Revision _durable = Revision.None;

    /// <summary>How often an outcome was not known.</summary>
    internal int TimesUnknown { get; private set; }

    /// <summary>What went wrong by kind.</summary>
    internal HashSet<EventStoreErrorKind> Kinds { get; } = [];

    /// <summary>Appends everything.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        int done = 0;
        while (done < _batches.Length)
        {
            done = await TryChainAsync(done, cancellationToken);
            if (done == _batches.Length) return;
            TimesUnknown++;
            await ResolveAsync(cancellationToken);
            while (done < _batches.Length && _found.Contains(_batches[done][0].Id)) done++;
        }
    }

    /// <summary>Every batch once, whole and in order; between batches nothing but borders.</summary>
    internal async Task VerifyAsync(IEventStore truth, CancellationToken cancellationToken)
    {
        List<(Guid Id, string Type)> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in
                       truth.ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, cancellationToken: cancellationToken))
            foreach (RecordedEvent recorded in batch.ToArray()) events.Add((recorded.Id, recorded.Type));
        events.Where(recorded => recorded.Type == BatchType).Select(recorded => recorded.Id)
            .ShouldBe(_batches.SelectMany(batch => batch.Select(data => data.Id)));
        int inBatch = 0;
        foreach ((_, string type) in events)
        {
            if (type == BatchType) inBatch = (inBatch + 1) % EventsPerBatch;
            else inBatch.ShouldBe(0, "a border stands between batches");
        }
    }

    private static EventData[] Batch(int index) => [.. Enumerable.Range(0, EventsPerBatch).Select(
        i => new EventData(Guid.NewGuid(), BatchType, IsJson: false, BitConverter.GetBytes((index * EventsPerBatch) + i), default))];

    // The number of the first batch that was not appended for certain, after every append in flight has ended.
    private async Task<int> TryChainAsync(int first, CancellationToken cancellationToken)
    {
        Queue<Task<AppendResult>> inFlight = new();
        Revision tip = _durable;
        bool isBroken = false;
        for (int next = first; next < _batches.Length || inFlight.Count > 0;)
        {
            if (!isBroken && next < _batches.Length && inFlight.Count < inFlightMax)
            {
                inFlight.Enqueue(store.AppendAsync(stream, ExpectedRevision.At(tip), _batches[next], cancellationToken).AsTask());
                tip += _batches[next++].Length;
                continue;
            }

            if (inFlight.Count == 0) break;
            bool isAppended = await EndAsync(inFlight.Dequeue());
            if (isAppended && !isBroken) (first, _durable) = (first + 1, _durable + EventsPerBatch);
            isBroken |= !isAppended;
        }

        return first;
    }

    private async Task<bool> EndAsync(Task<AppendResult> append)
    {
        try
        {
            return await append is AppendResult.Appended;
        }
        catch (EventStoreException failure)
        {
            Kinds.Add(failure.Kind);
            return false;
        }
    }

    private async Task ResolveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            EventData[] border = [new(Guid.NewGuid(), BorderType, IsJson: false, default, default)];
            Task<AppendResult> append = store.AppendAsync(stream, ExpectedRevision.At(_durable), border, cancellationToken).AsTask();
            if (await EndAsync(append))
            {
                _durable = _durable.Next;
                return;
            }

            // Refused, or not known: reading says how far the stream has come, this border perhaps included.
            await foreach (ReadOnlyMemory<RecordedEvent> batch in
                           store.ReadStreamAsync(stream, ReadDirection.Forwards, _durable.Next, cancellationToken: cancellationToken))
            {
                for (int i = 0; i < batch.Length; i++)
                {
                    batch.Span[i].Revision.ShouldBe(_durable.Next, "a read has neither gaps nor doubles");
                    _durable = batch.Span[i].Revision;
                    _found.Add(batch.Span[i].Id);
                }
            }
        }
    }
}
