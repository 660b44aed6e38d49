using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>Checks a stretch of a module's stream without what is before it: each link from the value that the link before recorded. So several
/// stretches can be checked at a time, and be joined by <see cref="ChainCheck.TryAdd(ChainStretch)"/>.</summary>
/// <remarks>
/// <para>Begins with the first link that begins in it; events of one that began before are passed over. The first link cannot be checked
/// here and is kept for the join.</para>
/// <para>Accepts only what is exactly right, and borders of transactions are part of that. Otherwise <see cref="IsRight"/> becomes false,
/// and <see cref="ChainCheck"/> has to say what is wrong.</para>
/// </remarks>
public sealed class ChainStretch
{
    private readonly EventChain _links;
    private readonly IReadOnlySet<Revision> _wanted;
    private readonly List<RecordedEvent> _firstLink = [];
    private readonly Dictionary<Revision, ChainValue> _values = [];
    private TransactionId _open;
    private int _index;
    private int _missing;
    private ChainValue _linkValue;
    private bool _isFirstOver;

    /// <summary>Begins anywhere in a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="wanted">Revisions whose values are to be kept.</param>
    public ChainStretch(StreamName stream, IReadOnlySet<Revision> wanted)
    {
        Stream = stream;
        _links = new EventChain(stream);
        _wanted = wanted;
    }

    /// <summary>The stream.</summary>
    public StreamName Stream { get; }

    /// <summary>Whether everything so far is right.</summary>
    public bool IsRight { get; private set; } = true;

    /// <summary>Whether a link has begun and not ended.</summary>
    public bool IsOpen => _missing > 0;

    /// <summary>Number of transactions that began.</summary>
    public long Transactions { get; private set; }

    /// <summary>Number of them that begin with a commit point.</summary>
    public long CommitPoints { get; private set; }

    /// <summary>Number of changes of ownership.</summary>
    public long Ownerships { get; private set; }

    /// <summary>Epoch of the last change of ownership in it; null without one. A void transaction is never right here: its value does
    /// not fit, and <see cref="ChainCheck"/> knows why.</summary>
    public ulong? Epoch { get; private set; }

    /// <summary>First event of the first link; null while none has begun.</summary>
    public Revision? First { get; private set; }

    /// <summary>The last event of those that were passed over; null when none was.</summary>
    public Revision? PassedOver { get; private set; }

    /// <summary>Last event.</summary>
    public Revision Last { get; private set; } = Revision.None;

    /// <summary>The value that the first link recorded.</summary>
    public ChainValue FirstValue { get; private set; }

    /// <summary>The value after the last link.</summary>
    public ChainValue Value => _links.Value;

    /// <summary>The events of the first link.</summary>
    public IReadOnlyList<RecordedEvent> FirstLink => _firstLink;

    /// <summary>Values after those wanted revisions that end a link here.</summary>
    public IReadOnlyDictionary<Revision, ChainValue> Values => _values;

    /// <summary>Checks the next event.</summary>
    /// <param name="recorded">The event; borrowed.</param>
    public void Add(in RecordedEvent recorded)
    {
        if (!IsRight) return;
        if (First is null && EventTypes.IsOfTransaction(recorded.Type) && IndexOf(recorded) > 0)
        {
            IsRight = PassedOver is null || PassedOver.Value.Next == recorded.Revision;
            PassedOver = recorded.Revision;
            return;
        }

        if (First is null ? PassedOver is { } passed && passed.Next != recorded.Revision : Last.Next != recorded.Revision)
        {
            IsRight = false;
            return;
        }

        First ??= recorded.Revision;
        Last = recorded.Revision;
        IsRight = IsOpen ? TryContinue(recorded) : TryBegin(recorded);
        if (IsRight && !IsOpen) End();
    }

    private static int IndexOf(in RecordedEvent recorded)
    {
        TransactionId.OfEvent(recorded.Id, out int index);
        return index;
    }

    private bool TryBegin(in RecordedEvent recorded)
    {
        ChainValue? value;
        try
        {
            if (EventTypes.IsOfTransaction(recorded.Type))
            {
                TransactionDigest digest = TransactionRecord.ReadDigest(recorded.Metadata.Span);
                _open = TransactionId.OfEvent(recorded.Id, out _index);
                (value, _missing) = (digest.Chain, digest.EventCount);
                if (_index != 0) return false;
                Transactions++;
                if (recorded.Type == EventTypes.GroupCommitted) CommitPoints++;
            }
            else
            {
                (value, _missing) = (ChainMetadata.Read(recorded.Metadata.Span), 1);
                if (recorded.Type == EventTypes.OwnershipTaken)
                {
                    Epoch = OwnershipTaken.Read(recorded.Data.Span).Epoch;
                    Ownerships++;
                }
            }
        }
        catch (EventFormatException)
        {
            return false;
        }

        if (value is not { } known) return false;
        _linkValue = known;
        if (_isFirstOver) _links.Begin(recorded.Revision);
        AddToLink(recorded, hasValue: true);
        return true;
    }

    private bool TryContinue(in RecordedEvent recorded)
    {
        TransactionId id = TransactionId.OfEvent(recorded.Id, out int index);
        if (!EventTypes.IsOfTransaction(recorded.Type) || id != _open || index != _index + 1) return false;
        _index = index;
        AddToLink(recorded, hasValue: false);
        return true;
    }

    private void AddToLink(in RecordedEvent recorded, bool hasValue)
    {
        _missing--;
        if (_isFirstOver) _links.Add(recorded, hasValue);
        else _firstLink.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
    }

    private void End()
    {
        if (_isFirstOver) IsRight = _links.End() == _linkValue;
        else (FirstValue, _isFirstOver) = (_linkValue, true);
        _links.MoveTo(_linkValue);
        if (_wanted.Contains(Last)) _values[Last] = _linkValue;
    }
}
