using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;

namespace Interstice.Host.Reducers;

/// <summary>Transactions that go to the store in one append, with whoever waits for them. Reused.</summary>
/// <remarks>Filled by the loop; handed over when it is sent and taken back when the append has ended. Events hold ranges of
/// one buffer until <see cref="Seal"/>, because the buffer moves while it grows. Room is left for the values of the hash chain:
/// they are filled in by <see cref="Link"/>, which hashes what a batch holds when it is sent and not call by call.</remarks>
internal sealed class TransactionBatch : ILinked, IDisposable
{
    private readonly List<PendingEvent> _pending = [];
    private readonly List<Waiter> _waiters = [];
    private readonly List<PendingLink> _links = [];
    private readonly List<int> _cuts = [];
    private EventData[] _events = [];
    private int _linkedCount;
    private volatile bool _isAnswered;
    private int _markedEvents;
    private int _markedBytes;

    /// <summary>The bytes of payloads and metadata.</summary>
    public PayloadWriter Buffer { get; } = new(64 * 1024);

    /// <summary>Number of events.</summary>
    public int EventCount => _pending.Count;

    /// <summary>Number of transactions that the projection can undo.</summary>
    public int TransactionCount { get; private set; }

    /// <summary>Revision of the stream before the first event.</summary>
    public Revision Before { get; private set; }

    /// <summary>Where the appends end in which it is sent, by numbers of events, if it is sent in several.</summary>
    public IReadOnlyList<int> Cuts => _cuts;

    /// <summary>Events that are in one of <see cref="Cuts"/>.</summary>
    public int CutCount => _cuts.Count == 0 ? 0 : _cuts[^1];

    /// <summary>Ends an append behind the last event. It has one that is in no other.</summary>
    public void Cut() => _cuts.Add(_pending.Count);

    /// <summary>Id of an event.</summary>
    /// <param name="index">Counted from 0.</param>
    public Guid IdOf(int index) => _pending[index].Id;

    /// <summary>How its append ended; null until then. Set once, before the batch is queued for the loop.</summary>
    public AppendEnd? End { get; set; }

    /// <summary>Whether it ends a run of batches with one call each and nothing in flight, so that the loop's thread may wait
    /// for the store itself.</summary>
    public bool IsLone { get; set; }

    /// <summary>Who waits, in the order in which the loop did their work.</summary>
    public IReadOnlyList<Waiter> Waiters => _waiters;

    /// <summary>Makes the batch ready to be filled.</summary>
    /// <param name="before">Revision of the stream before its first event.</param>
    public void Open(Revision before)
    {
        Buffer.Clear();
        _pending.Clear();
        _waiters.Clear();
        _links.Clear();
        _cuts.Clear();
        _linkedCount = 0;
        TransactionCount = 0;
        Predecessor = null;
        _isAnswered = false;
        End = null;
        IsLone = false;
        Before = before;
    }

    /// <summary>Value of the hash chain after the last event that <see cref="Link"/> saw.</summary>
    public ChainValue ChainAfter { get; private set; }

    /// <summary>How many links of the hash chain have no value yet.</summary>
    public int UnlinkedCount => _links.Count - _linkedCount;

    /// <summary>Remembers where a transaction begins, so that <see cref="CancelTransaction"/> can drop it.</summary>
    public void BeginTransaction() => (_markedEvents, _markedBytes) = (_pending.Count, Buffer.Length);

    /// <summary>Bytes that the transaction begun last has written.</summary>
    public int TransactionBytes => Buffer.Length - _markedBytes;

    /// <summary>Adds the events of the transaction begun last to a measurement.</summary>
    public void MeasureTransaction(EventJsonSize size)
    {
        for (int i = _markedEvents; i < _pending.Count; i++)
            size.Add(_pending[i].Type, Buffer.Written.Slice(_pending[i].DataStart, _pending[i].DataLength));
    }

    /// <summary>Drops what was added since <see cref="BeginTransaction"/>.</summary>
    public void CancelTransaction()
    {
        Buffer.Truncate(_markedBytes);
        _pending.RemoveRange(_markedEvents, _pending.Count - _markedEvents);
    }

    /// <summary>Ends the transaction begun last.</summary>
    /// <param name="canBeUndone">Whether the projection applied it with a record for undo.</param>
    public void EndTransaction(bool canBeUndone)
    {
        if (canBeUndone) TransactionCount++;
    }

    /// <summary>Takes over the transactions of a batch without events, which is never sent: their number.</summary>
    public int TakeTransactions()
    {
        int count = TransactionCount;
        TransactionCount = 0;
        return count;
    }

    /// <summary>Adds an event whose payload was just written to <see cref="Buffer"/>.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="type">Its type.</param>
    /// <param name="dataStart">Offset in the buffer where the payload begins; it reaches to the end.</param>
    public void AddEvent(Guid id, string type, int dataStart) =>
        _pending.Add(new(id, type, dataStart, Buffer.Length - dataStart));

    /// <summary>Adds an event before all others of the transaction begun last, which has no metadata yet.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="type">Its type.</param>
    /// <param name="dataStart">Offset in the buffer where the payload begins; it reaches to the end.</param>
    public void AddFirstEvent(Guid id, string type, int dataStart) =>
        _pending.Insert(_markedEvents, new(id, type, dataStart, Buffer.Length - dataStart));

    /// <summary>The transaction begun last as a part of one over several modules; its metadata was added.</summary>
    /// <param name="module">Name of the module.</param>
    /// <param name="number">Number of its stream in the transaction.</param>
    public GroupPart ToPart(string module, int number)
    {
        ReadOnlySpan<byte> bytes = Buffer.Written;
        PendingEvent first = _pending[_markedEvents];
        var events = ImmutableArray.CreateBuilder<GroupPart.PartEvent>();
        for (int i = _markedEvents; i < _pending.Count; i++)
            events.Add(new(_pending[i].Type, bytes.Slice(_pending[i].DataStart, _pending[i].DataLength).ToArray()));
        byte[] record = bytes.Slice(first.MetadataStart, first.MetadataLength - ChainValue.Bytes).ToArray();
        return new(module, number, Before + _markedEvents, record, events.ToImmutable());
    }

    /// <summary>Gives the first event of the transaction begun last its metadata: what was just written to
    /// <see cref="Buffer"/>, and room for the value of the hash chain after the transaction.</summary>
    /// <param name="metadataStart">Offset in the buffer where the metadata begins; it reaches to the end.</param>
    public void AddLink(int metadataStart)
    {
        Buffer.ChainValue(default);
        ref PendingEvent first = ref CollectionsMarshal.AsSpan(_pending)[_markedEvents];
        first.MetadataStart = metadataStart;
        first.MetadataLength = Buffer.Length - metadataStart;
        _links.Add(new(_markedEvents, _pending.Count));
    }

    /// <summary>Computes the values of the hash chain that are missing and puts them into their places. On one thread at a
    /// time.</summary>
    /// <param name="chain">The chain; continued.</param>
    public void Link(EventChain chain)
    {
        for (; _linkedCount < _links.Count; _linkedCount++)
        {
            PendingLink link = _links[_linkedCount];
            PendingEvent first = _pending[link.First];
            int valueStart = first.MetadataStart + first.MetadataLength - ChainValue.Bytes;
            ReadOnlySpan<byte> bytes = Buffer.Written;
            ReadOnlySpan<byte> metadata = bytes[first.MetadataStart..valueStart];
            chain.Begin(Before + (link.First + 1));
            for (int i = link.First; i < link.End; i++)
            {
                PendingEvent pending = _pending[i];
                ReadOnlySpan<byte> data = bytes.Slice(pending.DataStart, pending.DataLength);
                chain.Add(pending.Id, pending.Type, isJson: false, data, metadata);
                metadata = default;
            }

            chain.End().Write(Buffer.Part(valueStart, ChainValue.Bytes));
        }

        ChainAfter = chain.Value;
    }

    /// <summary>Lets work wait for the batch to be durable.</summary>
    /// <param name="work">The work.</param>
    /// <param name="revision">The revision that its answer rests on.</param>
    public void AddWaiter(LoopWork work, Revision revision) => _waiters.Add(new(work, revision));

    /// <summary>Forgets one that waits: it is answered by other means.</summary>
    public void RemoveWaiter(LoopWork work) => _waiters.RemoveAll(waiter => waiter.Work == work);

    /// <summary>The batch that was sent before it and had not ended then, or null. May have been taken back meanwhile.</summary>
    public TransactionBatch? Predecessor { get; set; }

    /// <summary>Whether <see cref="Answer"/> has been called.</summary>
    public bool IsAnswered => _isAnswered;

    /// <summary>Tells everyone who waits that what they rest on is durable.</summary>
    /// <param name="position">Position of the append that made it durable.</param>
    public void Answer(Position position)
    {
        foreach (Waiter waiter in _waiters) waiter.Work.Succeed(waiter.Revision, position);
        _isAnswered = true;
    }

    /// <summary>Somebody else tells everyone who waits.</summary>
    public void SetAnswered() => _isAnswered = true;

    /// <summary>Forgets who waits.</summary>
    public void ClearWaiters()
    {
        _waiters.Clear();
        _isAnswered = false;
    }

    /// <summary>The events, valid until the next <see cref="Open"/>.</summary>
    public ReadOnlyMemory<EventData> Seal()
    {
        if (_events.Length < _pending.Count) _events = new EventData[Math.Max(_pending.Count, _events.Length * 2)];
        ReadOnlyMemory<byte> bytes = Buffer.WrittenMemory;
        for (int i = 0; i < _pending.Count; i++)
        {
            PendingEvent pending = _pending[i];
            _events[i] = new(
                pending.Id,
                pending.Type,
                IsJson: false,
                bytes.Slice(pending.DataStart, pending.DataLength),
                bytes.Slice(pending.MetadataStart, pending.MetadataLength));
        }

        return _events.AsMemory(0, _pending.Count);
    }

    /// <summary>Some of the events that <see cref="Seal"/> gave.</summary>
    /// <param name="first">The first, counted from 0.</param>
    /// <param name="end">The one behind the last.</param>
    public ReadOnlyMemory<EventData> Slice(int first, int end) => _events.AsMemory(first, end - first);

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    /// <summary>Work that waits.</summary>
    /// <param name="Work">The work.</param>
    /// <param name="Revision">The revision that its answer rests on.</param>
    public readonly record struct Waiter(LoopWork Work, Revision Revision);

    /// <summary>A link of the hash chain.</summary>
    /// <param name="First">Its first event.</param>
    /// <param name="End">The event behind its last.</param>
    private readonly record struct PendingLink(int First, int End);

    private record struct PendingEvent(Guid Id, string Type, int DataStart, int DataLength)
    {
        public int MetadataStart { get; set; }

        public int MetadataLength { get; set; }
    }
}
