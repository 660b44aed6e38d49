using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Backup;

/// <summary>Walks the frames of one segment in order and checks all that can be checked without their content: checksums, order, the
/// chain, footers, the seal.</summary>
/// <remarks>Tells a torn tail from damage as recovery does: what a later frame says was durable must be whole.</remarks>
internal sealed class SegmentWalk(string path, IJournalFile file, SegmentHeader header) : IDisposable
{
    private readonly FrameScanner _scanner =
        new(file, FrameFormat.Seed(header.StoreId, header.Number), SegmentHeader.Bytes);

    private uint _chain = ChainStart(header);
    private long _frames;
    private long _dataEnd = -1;
    private uint _dataChain;

    /// <summary>What the current frame is.</summary>
    public FrameKind Kind => FrameFormat.Kind(_scanner.Payload);

    /// <summary>Payload of the current frame, until the next move.</summary>
    public ReadOnlySpan<byte> Payload => _scanner.Payload;

    /// <summary>The whole of the current frame, until the next move.</summary>
    public Span<byte> Frame => _scanner.Buffer.AsSpan(
        _scanner.PayloadAt - FrameFormat.HeaderBytes, FrameFormat.HeaderBytes + _scanner.PayloadLength);

    /// <summary>Offset of the current frame.</summary>
    public long Offset => _scanner.Offset;

    /// <summary>Offset after the current frame.</summary>
    public long NextOffset => _scanner.NextOffset;

    /// <summary>Checksum of the current frame.</summary>
    public uint Checksum => _scanner.Checksum;

    /// <summary>Whether the current frame is the seal.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>Reads the header of a segment and checks it against what it must be.</summary>
    /// <exception cref="JournalDamageException">It is not.</exception>
    public static SegmentHeader ReadHeader(IJournalFile file, string path, in SegmentHeader expected)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        int read = file.ReadAt(bytes, 0);
        SegmentHeader header = SegmentHeader.Read(bytes[..read], path, expected.Number, expected.BasePosition);
        return header == expected with { Version = header.Version }
            ? header
            : throw new JournalDamageException(path, expected.Number, 0, expected.BasePosition, "segment header",
                $"{expected}", $"{header}");
    }

    /// <summary>Goes to the next frame; false after the seal, and where no frame is and none must be.</summary>
    /// <exception cref="JournalDamageException">What must be a frame is none, or holds what no writer writes.</exception>
    public bool MoveNext()
    {
        if (IsSealed || !Advance()) return false;
        if (Kind == FrameKind.Footer) EnterFooter();
        else if (Kind == FrameKind.Seal) CheckSeal();
        else if (_dataEnd >= 0) throw Damage("frame behind a footer", "a footer or the seal", $"{Kind}");
        _chain = FrameFormat.Chain(_chain, _scanner.Checksum);
        _frames++;
        return true;
    }

    /// <summary>The failure for a segment that ends here although another follows.</summary>
    public JournalDamageException MissingFrame() => _scanner.Stop == ScanStop.Bad
        ? Damage(_scanner.What, _scanner.Expected, _scanner.Found)
        : Damage("frame", "a frame or the seal of the segment", "zeros or the end of the file");

    public void Dispose() => _scanner.Dispose();

    private static uint ChainStart(in SegmentHeader header)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        header.Write(bytes);
        return FrameFormat.ChainStart(bytes);
    }

    // A frame may have been half written when it was first looked at.
    private bool Advance()
    {
        if (_scanner.MoveNext()) return true;
        ulong position = header.BasePosition + (ulong)_scanner.Offset;
        if (TailSearch.FindFrame(file, header, _scanner.Offset, position) < 0) return false;
        return _scanner.MoveNext() ? true : throw MissingFrame();
    }

    private void EnterFooter()
    {
        if (!header.HasFooters) throw Damage("kind of the frame", "one of version 1", "a footer");
        if (_dataEnd >= 0) return;
        _dataEnd = Offset;
        _dataChain = _chain;
    }

    private void CheckSeal()
    {
        bool isRead = SegmentSeal.TryRead(header, Payload, out SegmentSeal found);
        SegmentSeal expected = new(Offset, _chain, _frames, found.Events, _dataEnd >= 0 ? _dataEnd : Offset,
            _dataEnd >= 0 ? _dataChain : _chain);
        if (!isRead || found != expected) throw Damage("seal of the segment", $"{expected}", $"{found}");
        IsSealed = true;
    }

    private JournalDamageException Damage(string what, string expected, string found) => new(
        path, header.Number, Offset, header.BasePosition + (ulong)Offset, what, expected, found);
}
