using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>The first link of a stream that does not fit its hash chain.</summary>
/// <param name="Revision">First event of the link.</param>
/// <param name="Position">Place of that event in the store.</param>
/// <param name="Expected">The recorded value, or what should be there.</param>
/// <param name="Found">The value of what is there.</param>
public sealed record ChainMisfit(Revision Revision, Position Position, string Expected, string Found);

/// <summary>Checks the hash chain of a module's stream, event by event, without rebuilding its tables
/// (docs/formats/events.md, Hash chain).</summary>
/// <remarks>Ends with the first link that does not fit: what a later one would have to fit is not known. The value of a void
/// transaction (docs/semantics.md, Ownership) is not compared: it was computed over events that are not there.</remarks>
public sealed class ChainCheck
{
    private readonly EventChain _links;
    private readonly Dictionary<Revision, ChainValue?> _wanted;
    private TransactionId _open;
    private int _missing;
    private int _index;
    private Revision _next = Revision.First;
    private Revision _linkAt;
    private Position _linkPosition;
    private ChainValue? _linkValue;
    private readonly VoidRule _rule = new();

    /// <summary>Begins at the first event of a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="wanted">Revisions whose values are to be kept for <see cref="ValueAt"/>.</param>
    public ChainCheck(StreamName stream, IEnumerable<Revision> wanted)
    {
        _links = new EventChain(stream);
        _wanted = wanted.Distinct().ToDictionary(revision => revision, _ => (ChainValue?)null);
    }

    /// <summary>The first link that does not fit, or null.</summary>
    public ChainMisfit? Misfit { get; private set; }

    /// <summary>Whether a transaction begins or ends where none may, cannot be decoded, or was lost, so that the chain could not be
    /// followed further. That is no misfit: who checks borders reports it.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>The revision that comes next.</summary>
    public Revision Next => _next;

    /// <summary>Ends the check: a repair has left out events here, so that the chain cannot be followed further.</summary>
    public void Interrupt() => IsInterrupted = true;

    /// <summary>Whether all events were of whole links that fit, and the last one is not void: a void transaction is confirmed by the
    /// change of ownership behind it.</summary>
    public bool IsWhole => Misfit is null && !IsInterrupted && _missing == 0 && !_rule.IsVoid;

    /// <summary>Value after the last whole link.</summary>
    public ChainValue Head => _links.Value;

    /// <summary>Last event of the last whole link; <see cref="Revision.None"/> before the first.</summary>
    public Revision Revision { get; private set; } = Revision.None;

    /// <summary>First event of the first link that recorded a value; null while there is none.</summary>
    public Revision? RecordedFrom { get; private set; }

    /// <summary>Transactions that began before the check ended, void ones among them.</summary>
    public long Transactions { get; private set; }

    /// <summary>Transactions among them that changed nothing, because another host had taken over.</summary>
    public long VoidTransactions { get; private set; }

    /// <summary>Changes of ownership before the check ended.</summary>
    public long Ownerships { get; private set; }

    /// <summary>Epoch of the last of them; 0 before the first.</summary>
    public ulong Epoch => _rule.Epoch;

    /// <summary>The value after one of the wanted revisions.</summary>
    /// <returns>Null where no link ends there, or the chain was not followed that far.</returns>
    public ChainValue? ValueAt(Revision revision) => _wanted.GetValueOrDefault(revision);

    /// <summary>Checks the next event. Events behind a misfit are passed over.</summary>
    /// <param name="recorded">The event; borrowed.</param>
    public void Add(in RecordedEvent recorded)
    {
        if (Misfit is not null || IsInterrupted) return;
        if (recorded.Revision != _next)
        {
            Fail(recorded, $"revision {_next}", $"revision {recorded.Revision}");
            return;
        }

        _next = _next.Next;
        if (_missing > 0) Continue(recorded);
        else Begin(recorded);
        if (_missing == 0 && Misfit is null && !IsInterrupted) End(recorded.Revision);
    }

    /// <summary>Takes over a stretch that was checked without what is before it, if it goes on where this ends and its first link fits.
    /// </summary>
    /// <param name="stretch">The stretch.</param>
    /// <returns>False, and nothing is changed, when it does not: then the events have to be checked one by one.</returns>
    public bool TryAdd(ChainStretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        if (!IsWhole || !stretch.IsRight || stretch.IsOpen) return false;
        if (stretch.First is not { } first) return stretch.PassedOver is not { } passed || passed.Next <= _next;
        if (first != _next) return false;
        ChainValue before = _links.Value;
        _links.Begin(first);
        for (int i = 0; i < stretch.FirstLink.Count; i++) _links.Add(stretch.FirstLink[i], hasValue: i == 0);
        if (_links.End() != stretch.FirstValue)
        {
            _links.MoveTo(before);
            return false;
        }

        _links.MoveTo(stretch.Value);
        if (stretch.Epoch is { } epoch) _rule.Own(epoch);
        Transactions += stretch.Transactions;
        Ownerships += stretch.Ownerships;
        RecordedFrom ??= first;
        Revision = stretch.Last;
        _next = stretch.Last.Next;
        foreach ((Revision revision, ChainValue value) in stretch.Values) _wanted[revision] = value;
        return true;
    }

    private void Begin(in RecordedEvent recorded)
    {
        bool isTransaction = EventTypes.IsOfTransaction(recorded.Type);
        ChainValue? value;
        try
        {
            if (isTransaction)
            {
                TransactionDigest digest = TransactionRecord.ReadDigest(recorded.Metadata.Span);
                _open = TransactionId.OfEvent(recorded.Id, out _index);
                _missing = digest.EventCount;
                value = digest.Chain;
                IsInterrupted = _index != 0;
                if (_rule.Begin(digest.Epoch)) VoidTransactions++;
                Transactions++;
            }
            else
            {
                value = ChainMetadata.Read(recorded.Metadata.Span);
                _missing = 1;
                if (recorded.Type == EventTypes.OwnershipTaken)
                {
                    _rule.Own(OwnershipTaken.Read(recorded.Data.Span).Epoch);
                    Ownerships++;
                }
                else if (_rule.IsVoid)
                {
                    FailBehindVoid(recorded);
                }
            }
        }
        catch (EventFormatException fault)
        {
            if (isTransaction) IsInterrupted = true;
            else Fail(recorded, "a value of the hash chain", fault.Message);
            return;
        }

        if (Misfit is not null) return;
        if (value is null && RecordedFrom is not null)
        {
            Fail(recorded, "a value of the hash chain, as before", "none");
            return;
        }

        if (value is not null) RecordedFrom ??= recorded.Revision;
        (_linkAt, _linkPosition, _linkValue) = (recorded.Revision, recorded.Position, value);
        _links.Begin(recorded.Revision);
        _links.Add(recorded, hasValue: value is not null);
        _missing--;
    }

    private void Continue(in RecordedEvent recorded)
    {
        TransactionId id = TransactionId.OfEvent(recorded.Id, out int index);
        IsInterrupted = id != _open || index != _index + 1;
        _index = index;
        _links.Add(recorded, hasValue: false);
        _missing--;
    }

    private void End(Revision last)
    {
        ChainValue before = _links.Value;
        ChainValue found = _links.End();
        if (_linkValue is { } expected && expected != found && !_rule.IsVoid)
        {
            Misfit = new(_linkAt, _linkPosition, expected.ToString(), found.ToString());
            _links.MoveTo(before);
            return;
        }

        if (_rule.IsVoid) return;
        Revision = last;
        if (_wanted.ContainsKey(last)) _wanted[last] = found;
    }

    // Who publishes behind a void transaction has taken ownership first.
    private void FailBehindVoid(in RecordedEvent recorded) => Fail(
        recorded, $"{EventTypes.OwnershipTaken} behind a transaction of an epoch below {_rule.Epoch}", recorded.Type);

    private void Fail(in RecordedEvent recorded, string expected, string found) =>
        Misfit = new(recorded.Revision, recorded.Position, expected, found);
}
