using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Recovery;

/// <summary>Reads a store from its files: checks every frame, builds the index and tells a torn tail from damage.</summary>
/// <remarks>
/// <para>Whatever is wrong in a segment that another follows, or before the offset up to which a later frame says that the log
/// was durable, is damage: it was once safe on the device. Whatever is wrong after that is what a crash leaves of the last
/// write, which nobody was told had succeeded.</para>
/// <para>Writes nothing. The owner makes the tail durable, or clears it, before it appends.</para>
/// </remarks>
internal sealed class LogOpener(Log log, RecentAppends recent, JournalFileMode activeMode, bool checksFrames)
{
    private readonly List<FooterProblem> _footerProblems = [];
    private readonly Queue<FooterReader> _footers = [];
    private int _recentCount;

    /// <summary>What stands after the last whole frame.</summary>
    public TornTail? TornTail { get; private set; }

    /// <summary>Whether the last frame is the marker of a clean close.</summary>
    public bool WasClosedInOrder { get; private set; }

    /// <summary>Up to which position the last frame says that the log was durable before it.</summary>
    public ulong DurableBeforeLast { get; private set; }

    /// <summary>Sealed segments whose index could not be used and was rebuilt.</summary>
    public IReadOnlyList<FooterProblem> FooterProblems => _footerProblems;

    /// <summary>Reads all segments.</summary>
    /// <exception cref="JournalDamageException">A segment is damaged or missing.</exception>
    /// <exception cref="EventStoreException">A segment belongs to another format version.</exception>
    public void ReadAll()
    {
        List<(long Number, ulong Base, string Name)> names = SegmentFiles.List(log.Files);
        FrameIndexer indexer = new(log, recent);
        ReadSegments(names, indexer);
    }

    /// <summary>Reads what was added by another process since everything was read.</summary>
    /// <exception cref="JournalDamageException">Something that was added is damaged.</exception>
    public void ReadMore()
    {
        FrameIndexer indexer = new(log, recent);
        if (log.Segments.Length > 0 && !log.Active.IsSealed)
        {
            ReadFrames(log.Active, indexer);
            log.PublishTail(log.Active.PositionOf(log.Active.Tail));
        }

        if (log.Segments.Length == 0 || log.Active.IsSealed)
            ReadSegments(SegmentFiles.List(log.Files)[log.Segments.Length..], indexer);
    }

    private void ReadSegments(List<(long Number, ulong Base, string Name)> names, FrameIndexer indexer)
    {
        for (int i = 0; i < names.Count; i++)
        {
            bool isLast = i == names.Count - 1;
            Segment segment = OpenSegment(names[i], log.Segments.LastOrDefault(), isLast);
            log.Add(segment);
            if (isLast) ReadLastSegment(segment, indexer);
            else ReadSealedSegment(segment, indexer, (long)(names[i + 1].Base - names[i].Base));
        }

        if (names.Count > 0) log.PublishTail(log.Active.PositionOf(log.Active.Tail));
    }

    // Opens the file of a segment and checks its header against its name, the store and the segment before it.
    private Segment OpenSegment((long Number, ulong Base, string Name) name, Segment? previous, bool isLast)
    {
        string path = Path.Join(log.Files.Directory, name.Name);
        IJournalFile file = log.Files.Open(name.Name, isLast ? activeMode : JournalFileMode.Read);
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
            int read = file.ReadAt(bytes, 0);
            SegmentHeader header = SegmentHeader.Read(bytes[..read], path, name.Number, name.Base);
            SegmentHeader expected = previous is null
                ? new SegmentHeader(log.StoreId, 1, 0, 0, 0)
                : new SegmentHeader(log.StoreId, previous.Number + 1, previous.PositionOf(previous.Tail), previous.Tail,
                    previous.Chain);
            if (header != (expected with { Version = header.Version }) || header.Number != name.Number || header.BasePosition != name.Base)
                throw new JournalDamageException(path, name.Number, 0, name.Base, "segment header",
                    $"{expected}", $"{header}");
            return new Segment(name.Name, file, header, FrameFormat.ChainStart(bytes));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // By its footers, or by all of its frames where it has none or they cannot be used.
    private void ReadSealedSegment(Segment segment, FrameIndexer indexer, long length)
    {
        FooterOpener opener = new(log, segment, length);
        if (opener.TryEnter(checksFrames) is { } footer)
        {
            Keep(footer);
        }
        else
        {
            EnterRecent();
            segment.KeepsLists = opener.Problem is not null;
            JournalDamageException? damage = ReadFrames(segment, indexer);
            if (!segment.IsSealed && !opener.TrySealWithoutFooters()) throw damage!;
            if (opener.Problem is { } problem) _footerProblems.Add(problem);
        }

        CheckPadding(segment);
    }

    private void ReadLastSegment(Segment segment, FrameIndexer indexer)
    {
        EnterRecent();
        ReadFrames(segment, indexer);
        if (segment.IsSealed) CheckPadding(segment);
        else FindTornTail(segment);
    }

    // Of the appends that footers name, as many as are remembered: those of the last segments.
    private void Keep(FooterReader footer)
    {
        if (footer.RecentCount == 0) return;
        _footers.Enqueue(footer);
        _recentCount += footer.RecentCount;
        while (_recentCount - _footers.Peek().RecentCount >= RecentAppends.Capacity) _recentCount -= _footers.Dequeue().RecentCount;
    }

    private void EnterRecent()
    {
        while (_footers.TryDequeue(out FooterReader? footer)) footer.EnterRecent(recent);
        _recentCount = 0;
    }

    // Reads the frames that are whole; gives what is to be said of the place after the last if it should have been one.
    private JournalDamageException? ReadFrames(Segment segment, FrameIndexer indexer)
    {
        using FrameScanner scanner = new(segment.File, segment.Seed, segment.Tail);
        indexer.ForgetFooters();
        while (!segment.IsSealed)
        {
            if (!Advance(segment, scanner)) return Damage(segment, scanner);
            indexer.Enter(segment, scanner);
            if (FrameFormat.Kind(scanner.Payload) == FrameKind.Footer) continue;
            WasClosedInOrder = FrameFormat.IsCloseMarker(scanner.Payload);
            DurableBeforeLast = FrameFormat.Durable(scanner.Payload);
        }

        return null;
    }

    // While another process writes, a frame may have been half written when it was first looked at. If a later frame says that
    // this one was durable, it must be whole when it is looked at again.
    private bool Advance(Segment segment, FrameScanner scanner)
    {
        if (scanner.MoveNext()) return true;
        ulong position = segment.PositionOf(scanner.Offset);
        if (TailSearch.FindFrame(segment.File, segment.Header, scanner.Offset, position) < 0) return false;
        return scanner.MoveNext() ? true : throw Damage(segment, scanner);
    }

    private void CheckPadding(Segment segment)
    {
        if (TailSearch.FirstContent(segment.File, segment.Tail) is var at and >= 0)
            throw new JournalDamageException(log.PathOf(segment), segment.Number, at, segment.PositionOf(at),
                "byte behind the seal", "zero", "something else");
    }

    private void FindTornTail(Segment segment)
    {
        long offset = segment.Tail;
        long end = TailSearch.EndOfContent(segment.File, offset);
        if (end > offset)
            TornTail = new TornTail(segment.Number, offset, segment.PositionOf(offset), end - offset);
    }

    private JournalDamageException Damage(Segment segment, FrameScanner scanner) =>
        scanner.Stop == ScanStop.Bad
            ? new(log.PathOf(segment), segment.Number, scanner.Offset, segment.PositionOf(scanner.Offset), scanner.What,
                scanner.Expected, scanner.Found)
            : new(log.PathOf(segment), segment.Number, scanner.Offset, segment.PositionOf(scanner.Offset),
                "frame", "a frame or the seal of the segment", "zeros or the end of the file");
}
