using System.Runtime.InteropServices;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>What the modules of a group have gathered since the last one was sent: a batch for each of their streams, and where the appends
/// end in which all of it goes to the store, one after the other. Each of these appends is there whole or not at all, in every stream that it
/// goes to, and only if the one before it is.</summary>
/// <remarks>Filled by the group's thread; handed over when it is sent, and taken back when every append has ended.</remarks>
internal sealed class JointBatch : ILinked
{
    private readonly List<Stretch> _stretches = [];
    private readonly List<int> _appends = [];
    private readonly List<Part> _parts = [];
    private AppendEnd?[] _ends = [];
    private volatile bool _isAnswered;
    private volatile bool _hasEnded;

    /// <summary>The batches that it has, one a stream. Known when it is sent.</summary>
    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>Number of appends.</summary>
    public int AppendCount => _appends.Count;

    /// <summary>The one that was sent before it and had not ended then; null when there is none, or when it has been answered.</summary>
    public JointBatch? Predecessor { get; set; }

    /// <summary>What its first append is to expect besides its own streams, so that it goes behind what was sent before; null where nothing
    /// was in flight then.</summary>
    public StreamAppend? Follows { get; set; }

    /// <summary>Whether it ends a run of batches with one call each and nothing in flight.</summary>
    public bool IsLone { get; set; }

    /// <summary>Whether nobody waits but for one transaction.</summary>
    public bool HasOneWork
    {
        get
        {
            foreach (Part part in _parts)
                if (part.Batch.Waiters is not [var waiter] || (_parts.Count > 1 && !JointAnswer.IsPart(waiter.Work))) return false;
            return AppendCount == 1;
        }
    }

    /// <inheritdoc/>
    public int UnlinkedCount
    {
        get
        {
            int count = 0;
            foreach (Part part in _parts) count += part.Batch.UnlinkedCount;
            return count;
        }
    }

    /// <summary>Whether every append has ended and who waits was answered, if all are durable and everything before them is.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Whether everyone who waits was told.</summary>
    public bool IsAnswered => _isAnswered;

    /// <summary>The first part of an append that is not durable, and how it ended; null when all are. Once it has ended.</summary>
    public (string Module, AppendEnd End)? Failure { get; private set; }

    /// <summary>Ends an append.</summary>
    /// <param name="loops">The modules, in the order in which their parts are to stand in the log; each has what it gathered in its current
    /// batch.</param>
    public void Cut(ReadOnlySpan<ModuleLoop> loops)
    {
        int before = _stretches.Count;
        foreach (ModuleLoop loop in loops)
        {
            TransactionBatch batch = loop.Pipeline.Current;
            int first = batch.CutCount;
            if (batch.EventCount == first) continue;
            batch.Cut();
            _stretches.Add(new(loop, batch, first, batch.EventCount));
        }

        if (_stretches.Count > before) _appends.Add(_stretches.Count);
    }

    /// <summary>It is about to be sent with the batches of these modules.</summary>
    public void Close(ReadOnlySpan<ModuleLoop> loops)
    {
        foreach (ModuleLoop loop in loops)
            if (loop.Pipeline.Current.EventCount > 0) _parts.Add(new(loop, loop.Pipeline.TakeCurrent()));
        _ends = new AppendEnd?[_stretches.Count];
    }

    /// <summary>Hashes and seals all that is sent.</summary>
    public void Seal()
    {
        foreach (Part part in _parts)
        {
            part.Batch.Link(part.Loop.Pipeline.Links);
            part.Batch.Seal();
        }
    }

    /// <summary>Streams, expectations and events of an append; the first are its own, the last may have none and be expected only.</summary>
    /// <param name="append">Counted from 0.</param>
    public StreamAppend[] AppendsOf(int append)
    {
        ReadOnlySpan<Stretch> own = StretchesOf(append);
        StreamAppend? behind = append == 0 ? Follows : FindPlace(own, StretchesOf(append - 1));
        if (behind is { } place && IsNamed(own, place.Stream)) behind = null;
        StreamAppend[] appends = new StreamAppend[own.Length + (behind is null ? 0 : 1)];
        for (int i = 0; i < own.Length; i++)
            appends[i] = new(own[i].Loop.Pipeline.Stream, ExpectedRevision.At(own[i].Batch.Before + own[i].First), own[i].Batch.Slice(own[i].First, own[i].End));
        if (behind is { } expected) appends[^1] = expected;
        return appends;
    }

    /// <summary>Whether the last append is on its way, or durable, exactly if this expectation is met.</summary>
    public StreamAppend Place => PlaceBehind(_stretches[^1]);

    /// <summary>An append has ended as the store says.</summary>
    /// <param name="append">Counted from 0.</param>
    /// <param name="results">In the order of <see cref="AppendsOf"/>.</param>
    public void SetResults(int append, IReadOnlyList<AppendResult> results)
    {
        bool areAll = results.All(result => result is AppendResult.Appended);
        int first = FirstOf(append);
        for (int i = first; i < _appends[append]; i++) _ends[i] = EndOf(results[i - first], areAll);
    }

    /// <summary>An append has failed.</summary>
    public void SetFailed(int append, EventStoreException fault)
    {
        for (int i = FirstOf(append); i < _appends[append]; i++) _ends[i] = new AppendEnd.Faulted(fault);
    }

    /// <summary>How the append of one part ended, where it was one of several.</summary>
    public static AppendEnd EndOf(AppendResult result, bool areAll) => result switch
    {
        AppendResult.Appended appended when areAll => new AppendEnd.Durable(appended),
        AppendResult.WrongExpectedRevision refused => new AppendEnd.Refused(refused),
        _ => new AppendEnd.Faulted(new(
            EventStoreErrorKind.Unavailable, "the stream of another module of the transaction, or of what it follows, is not as expected")),
    };

    /// <summary>Every append has an end: says of each batch how it ended.</summary>
    public void Conclude()
    {
        foreach (Part part in _parts) part.Batch.End = EndOf(part);
        int failed = Array.FindIndex(_ends, end => end is not AppendEnd.Durable);
        if (failed >= 0) Failure = (_stretches[failed].Loop.Projection.Module, _ends[failed]!);
    }

    /// <summary>Tells everyone who waits. All appends, and everything before them, are durable.</summary>
    /// <param name="answers">Tells a lone caller, if he can.</param>
    public void Answer(AnswerThread? answers)
    {
        LoopWork? last = null;
        (Revision Revision, Position Position) of = default;
        foreach (Part part in _parts)
        {
            foreach (TransactionBatch.Waiter waiter in part.Batch.Waiters)
            {
                last?.Succeed(of.Revision, of.Position);
                last = waiter.Work;
                of = (waiter.Revision, part.Position);
            }

            part.Batch.SetAnswered();
        }

        bool isGiven = last is not null && answers is not null && answers.TryGive(last, of.Revision, of.Position);
        if (!isGiven) last?.Succeed(of.Revision, of.Position);
        Predecessor = null;
        _isAnswered = true;
    }

    /// <summary>The last thing that is done with it where it was sent.</summary>
    public void SetEnded() => _hasEnded = true;

    // Where only some of it is durable it has to be read what stands in the stream.
    private AppendEnd EndOf(Part part)
    {
        AppendEnd? failed = null;
        AppendEnd.Durable? durable = null;
        for (int i = 0; i < _stretches.Count; i++)
        {
            if (_stretches[i].Batch != part.Batch) continue;
            AppendEnd end = _ends[i]!;
            if (end is AppendEnd.Faulted { Exception.Kind: EventStoreErrorKind.Unknown or EventStoreErrorKind.Damaged }) return end;
            if (end is AppendEnd.Durable appended) durable = appended;
            else failed ??= end;
        }

        if (failed is null) return durable!;
        return durable is null ? failed : new AppendEnd.Faulted(new(
            EventStoreErrorKind.Unknown, "only a part of what was sent is known to be in the stream"));
    }

    private static StreamAppend? FindPlace(ReadOnlySpan<Stretch> own, ReadOnlySpan<Stretch> before)
    {
        foreach (Stretch stretch in before)
            if (IsNamed(own, stretch.Loop.Pipeline.Stream)) return null;
        return PlaceBehind(before[^1]);
    }

    private static StreamAppend PlaceBehind(in Stretch stretch) =>
        new(stretch.Loop.Pipeline.Stream, ExpectedRevision.At(stretch.Batch.Before + stretch.End), default);

    private static bool IsNamed(ReadOnlySpan<Stretch> own, StreamName stream)
    {
        foreach (Stretch stretch in own)
            if (stretch.Loop.Pipeline.Stream == stream) return true;
        return false;
    }

    private ReadOnlySpan<Stretch> StretchesOf(int append) =>
        CollectionsMarshal.AsSpan(_stretches)[FirstOf(append).._appends[append]];

    private int FirstOf(int append) => append == 0 ? 0 : _appends[append - 1];

    /// <summary>What it has for one stream.</summary>
    /// <param name="loop">The module.</param>
    /// <param name="batch">Its transactions.</param>
    internal sealed class Part(ModuleLoop loop, TransactionBatch batch)
    {
        /// <summary>The module.</summary>
        public ModuleLoop Loop => loop;

        /// <summary>Its transactions.</summary>
        public TransactionBatch Batch => batch;

        /// <summary>Last revision, when it is durable.</summary>
        public Revision Revision => ((AppendEnd.Durable)batch.End!).Result.Revision;

        /// <summary>Where its last event stands, when it is durable.</summary>
        public Position Position => ((AppendEnd.Durable)batch.End!).Result.Position;
    }

    // Events of one batch that are in one append.
    private readonly record struct Stretch(ModuleLoop Loop, TransactionBatch Batch, int First, int End);
}
