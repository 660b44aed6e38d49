using System.Text;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>Takes the events of one stretch apart: checks borders of transactions, decodes and validates rows, computes keys. One
/// thread each.</summary>
/// <remarks>Takes only what is as it should be. It stops before the first transaction in which anything is not, whatever that
/// is, and leaves it to <see cref="ModuleProjection.Replay(in RecordedEvent)"/>, which knows the words for it.</remarks>
/// <param name="tables">The tables of the module.</param>
internal sealed class StretchPreparation(ReadOnlySpan<Table> tables)
{
    private const int TransactionEventsMax = 1 << 20;
    private const long BytesMax = 32 * 1024 * 1024;

    // Only rows of logged tables are recorded: no event has an empty name.
    private readonly byte[][] _names =
    [
        .. tables.ToArray().Select(table => table.Schema.Kind == TableKind.Logged ? Encoding.UTF8.GetBytes(table.Schema.Name) : []),
    ];
    private readonly string[] _types =
    [
        EventTypes.RowInserted, EventTypes.RowUpdated, EventTypes.RowDeleted, EventTypes.EventEmitted, EventTypes.CallRecorded,
        EventTypes.GroupCommitted,
    ];
    private Revision _expected;
    private Revision _openedAt;
    private Guid _nextId;
    private long _bytes;
    private int _eventCount;
    private UInt128 _stateHash;
    private ChainValue _chain;
    private bool _hasBegun;
    private TransactionRecord? _keyed;
    private bool _isGrouped;

    private enum EventKind
    {
        Inserted,
        Updated,
        Deleted,
        Emitted,
        Called,
        Grouped,
        Other,
    }

    /// <summary>The stretch that is being prepared.</summary>
    public ReplayStretch Stretch { get; } = new(tables);

    /// <summary>Whether nothing more can be taken: all is there, or what follows must be applied event by event.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Events that the open transaction still misses.</summary>
    public int MissingEvents { get; private set; }

    /// <summary>Begins a stretch.</summary>
    public void Begin(Revision from, Revision until)
    {
        Stretch.Begin(from, until);
        _expected = from;
        _bytes = 0;
        MissingEvents = 0;
        IsAtEnd = false;
        _hasBegun = false;
    }

    /// <summary>Takes the next events.</summary>
    /// <param name="batch">The events; borrowed.</param>
    public void Add(ReadOnlySpan<RecordedEvent> batch)
    {
        foreach (ref readonly RecordedEvent recorded in batch)
        {
            if (IsAtEnd) return;
            if (!TryAdd(recorded)) Stop();
        }
    }

    /// <summary>Ends the stretch; a transaction that is not whole does not belong to it.</summary>
    public void End() => Stop();

    private void Stop()
    {
        IsAtEnd = true;
        if (MissingEvents > 0) Stretch.CutFrom(_openedAt);
        MissingEvents = 0;
    }

    private bool TryAdd(in RecordedEvent recorded)
    {
        if (recorded.Revision != _expected) return false;
        EventKind kind = KindOf(recorded.Type);
        if (MissingEvents > 0)
        {
            if (recorded.Id != _nextId || kind is EventKind.Other or EventKind.Grouped) return false;
            _nextId = TransactionId.NextEvent(_nextId);
        }
        else
        {
            if (recorded.Revision >= Stretch.Until || kind == EventKind.Other) return false;
            TransactionId.OfEvent(recorded.Id, out int index);

            // The rest of a transaction that began before belongs to the stretch before.
            if (index != 0 && !_hasBegun)
            {
                _expected = _expected.Next;
                Stretch.First = Stretch.Next = _expected;
                return true;
            }

            if (index != 0 || !TryOpen(recorded)) return false;
            _isGrouped = kind == EventKind.Grouped;
        }

        _expected = _expected.Next;
        _bytes += recorded.Data.Length;
        if (_bytes > BytesMax || !TryChange(kind, recorded)) return false;
        if (--MissingEvents == 0) Close(recorded);
        return true;
    }

    private bool TryOpen(in RecordedEvent recorded)
    {
        if (!TransactionRecord.TryReadDigest(recorded.Metadata.Span, out int eventCount, out ulong epoch, out _stateHash, out _chain))
            return false;
        if (eventCount > TransactionEventsMax || (_hasBegun && epoch != Stretch.Epoch)) return false;
        if (!TryReadKey(recorded)) return false;
        Stretch.Epoch = epoch;
        _hasBegun = true;
        _openedAt = recorded.Revision;
        _nextId = TransactionId.NextEvent(recorded.Id);
        _eventCount = MissingEvents = eventCount;
        return true;
    }

    private bool TryReadKey(in RecordedEvent recorded)
    {
        _keyed = null;
        if (!TransactionRecord.HasKey(recorded.Metadata.Span)) return true;
        try
        {
            _keyed = TransactionRecord.Read(recorded.Metadata.Span);
            return true;
        }
        catch (EventFormatException)
        {
            return false; // told by the way event by event
        }
    }

    private void Close(in RecordedEvent last)
    {
        if (_keyed is { } call)
        {
            var key = CallKey.Of(call);
            int effectless = _isGrouped || last.Type == EventTypes.CallRecorded ? 1 : 0;
            Stretch.KeyedCalls.Add(new(key.Scope, KnownCall.Of(call, key, last.Revision, effectless)));
        }

        if (Stretch.TransactionCount++ > 0) Stretch.ChainBefore = Stretch.Chain;
        Stretch.Chain = _chain;
        Stretch.StateHash = _stateHash;
        Stretch.LastTransactionAt = _openedAt;
        Stretch.IsLastOfGroup = _isGrouped;
        Stretch.HasCommitPoint |= _isGrouped;
        Stretch.Next = _expected;
    }

    private bool TryChange(EventKind kind, in RecordedEvent recorded)
    {
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> row;
        switch (kind)
        {
            case EventKind.Updated:
                return RowEvent.TryReadUpdate(payload, out name, out ReadOnlySpan<byte> oldRow, out row)
                    && TryChange(RowChangeKind.Update, name, oldRow, row, recorded.Revision);
            case EventKind.Inserted:
                return RowEvent.TryRead(payload, out name, out row)
                    && TryChange(RowChangeKind.Insert, name, [], row, recorded.Revision);
            case EventKind.Deleted:
                return RowEvent.TryRead(payload, out name, out row)
                    && TryChange(RowChangeKind.Delete, name, row, [], recorded.Revision);
            case EventKind.Called:
                return CallRecorded.IsValid(payload);
            case EventKind.Grouped:
                return GroupCommitted.IsValid(payload);
            default:
                return RowEvent.TryRead(payload, out _, out _);
        }
    }

    private bool TryChange(
        RowChangeKind kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow, Revision revision)
    {
        // Modules have few tables: comparing names costs less than hashing them.
        if (name.IsEmpty) return false;
        int table = 0;
        while (table < _names.Length && !name.SequenceEqual(_names[table])) table++;
        int at = (int)(revision.Value - Stretch.From.Value);
        int end = (int)(_openedAt.Value - Stretch.From.Value) + _eventCount - 1;
        return table < _names.Length && Stretch.Batches[table].TryAdd(kind, oldRow, newRow, at, end);
    }

    // Stores hand out the same few strings again and again.
    private EventKind KindOf(string type)
    {
        for (int kind = 0; kind < _types.Length; kind++)
            if (ReferenceEquals(type, _types[kind])) return (EventKind)kind;
        for (int kind = 0; kind < _types.Length; kind++)
        {
            if (type != _types[kind]) continue;
            _types[kind] = type;
            return (EventKind)kind;
        }

        return EventKind.Other;
    }
}
