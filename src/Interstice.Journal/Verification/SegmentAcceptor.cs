using System.Buffers;
using System.Runtime.CompilerServices;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Says of a segment, fast, that it is exactly what a writer writes; or says nothing.</summary>
/// <remarks>
/// <para>Accepts only what <see cref="SegmentVerifier"/> finds nothing wrong in, apart from what the segments before say. Whatever it does
/// not accept, that one reads again and says what is wrong: here is no error message. Segments with holes are left to
/// it too.</para>
/// <para>Keeps its memory from segment to segment. One thread at a time.</para>
/// </remarks>
/// <param name="files">The store.</param>
/// <param name="storeId">Its id.</param>
/// <param name="options">How many threads there are for all segments.</param>
/// <param name="bytesBeforeLast">Length of all segments but the last.</param>
internal sealed partial class SegmentAcceptor(
    IJournalFiles files, Guid storeId, VerificationOptions options, long bytesBeforeLast) : IDisposable
{
    // Small enough that what was read is still in the processor's second cache when it is checked.
    private const int ChunkBytes = 256 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private int _at;
    private int _length;
    private long _bufferOffset;
    private bool _isAtEnd;
    private IJournalFile _file = null!;
    private SegmentHeader _header;
    private uint _seed;
    private uint _chain;
    private long _frames;
    private long _appends;
    private long _events;
    private long _dataEnd;
    private uint _dataChain;
    private bool _isSealed;
    private SegmentWindows? _windows;
    private long _checkedTo;

    /// <summary>Bytes of the current segment that progress has counted.</summary>
    public long BytesCounted { get; private set; }

    private ulong Position => _header.BasePosition + (ulong)Offset;

    private long Offset => _bufferOffset + _at;

    /// <summary>Checks one segment.</summary>
    /// <param name="place">Which one. The last may lack a seal.</param>
    /// <param name="progress">Told how much is read.</param>
    /// <returns>What it holds; null when it is not accepted.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work shall end.</exception>
    public AcceptedSegment? TryAccept(in SegmentPlace place, VerificationProgress progress)
    {
        BytesCounted = 0;
        using IJournalFile file = files.Open(place.Name, JournalFileMode.Read);
        using SegmentWindows? windows = WindowsFor(file, place);
        if (file.Length > uint.MaxValue) return null; // no writer makes one; an index could not hold its places
        Begin(file);
        try
        {
            bool isAccepted = TryReadHeader(place)
                && TryReadFrames(windows, progress)
                && (_isSealed || (place.IsLast && _dataEnd < 0))
                && (windows is null ? TailSearch.FirstContent(file, Offset) < 0 : windows.ZerosFrom() <= Offset);
            if (!isAccepted) return null;
            Count(Offset, progress);
            return new AcceptedSegment(_header, _isSealed, Offset, _chain, _frames, _appends, _events, ListStreams())
            {
                Archived = (file as ArchivedSegmentFile)?.Describe(),
            };
        }
        catch (FrameContentException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    // As many threads as its share of the log: many segments are checked side by side, a single one in windows.
    private SegmentWindows? WindowsFor(IJournalFile file, in SegmentPlace place)
    {
        long all = Math.Max(file.Length, bytesBeforeLast + (place.IsLast ? file.Length : 0));
        double threads = Math.Round((double)options.Threads * file.Length / Math.Max(1, all));
        return threads < 2 || file.Length < 2L * options.WindowBytes
            ? null
            : new SegmentWindows(file, FrameFormat.Seed(storeId, place.Number), (int)threads, options.WindowBytes);
    }

    private void Begin(IJournalFile file)
    {
        _file = file;
        (_windows, _checkedTo) = (null, 0);
        (_at, _length, _bufferOffset, _isAtEnd) = (0, 0, 0, false);
        (_frames, _appends, _events) = (0, 0, 0);
        (_dataEnd, _isSealed) = (-1, false);
        BeginIndex();
    }

    private bool TryReadHeader(in SegmentPlace place)
    {
        if (!Fill(SegmentHeader.Bytes)) return false;
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_at, SegmentHeader.Bytes);
        try
        {
            _header = SegmentHeader.Read(bytes, place.Name, place.Number, place.Base);
        }
        catch (EventStoreException)
        {
            return false;
        }

        if (_header.StoreId != storeId || _header.Number != place.Number || _header.BasePosition != place.Base) return false;
        if (_header.BasePosition > ulong.MaxValue - uint.MaxValue) return false; // positions behind it could not be told apart
        _seed = FrameFormat.Seed(storeId, place.Number);
        _chain = FrameFormat.ChainStart(bytes);
        _at = SegmentHeader.Bytes;
        return true;
    }

    // Reads frames up to the seal, or up to a place where nothing was written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadFrames(SegmentWindows? windows, VerificationProgress progress)
    {
        if (windows is not null)
        {
            _length = _at; // what was read behind the header is read again
            _windows = windows;
            windows.Begin(Offset);
        }

        while (!_isSealed)
        {
            if (_dataEnd < 0 && !TryReadPlain()) return false;
            if (!Fill(FrameFormat.HeaderBytes)) return !_buffer.AsSpan(_at, _length - _at).ContainsAnyExcept((byte)0);
            ReadOnlySpan<byte> head = _buffer.AsSpan(_at, FrameFormat.HeaderBytes);
            int length = FrameFormat.PayloadLength(head);
            if (length is < FrameFormat.PrefixBytes or > JournalLimits.FrameBytesMax)
                return !head.ContainsAnyExcept((byte)0);
            uint checksum = FrameFormat.StoredChecksum(head);
            if (!Fill(FrameFormat.HeaderBytes + length)) return false;
            ReadOnlySpan<byte> payload = _buffer.AsSpan(_at + FrameFormat.HeaderBytes, length);
            bool isRight = Offset < _checkedTo || FrameFormat.Checksum(_seed, Offset, payload) == checksum;
            if (!isRight || !TryEnter(payload)) return false;
            _chain = FrameFormat.Chain(_chain, checksum);
            _frames++;
            _at += FrameFormat.HeaderBytes + length;
            if (_bufferOffset > BytesCounted) Count(_bufferOffset, progress);
        }

        return true;
    }

    private void Count(long bytes, VerificationProgress progress)
    {
        progress.Add(bytes - BytesCounted);
        BytesCounted = bytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnter(ReadOnlySpan<byte> payload)
    {
        ulong durable = FrameFormat.Durable(payload);
        return payload[FrameFormat.VersionOffset] == FrameFormat.Version
            && durable <= Position
            && durable >= _header.BasePosition
            && FrameFormat.Kind(payload) switch
            {
                FrameKind.Append => _dataEnd < 0 && TryAppend(payload, Offset),
                FrameKind.Marker => _dataEnd < 0,
                FrameKind.Footer => TryFooter(payload),
                FrameKind.Seal => TrySeal(payload),
                _ => false,
            };
    }

    // The index follows from the frames before it, so it is made of them and what is found is compared with it, footer by footer.
    private bool TryFooter(ReadOnlySpan<byte> payload)
    {
        if (!_header.HasFooters) return false;
        if (_dataEnd < 0)
        {
            (_dataEnd, _dataChain) = (Offset, _chain);
            if (!TryMakeIndex()) return false;
        }

        return TryMatchIndex(payload[FrameFormat.PrefixBytes..]);
    }

    private bool TrySeal(ReadOnlySpan<byte> payload)
    {
        _isSealed = true;
        if (_header.HasFooters != (_dataEnd >= 0) || !IsIndexMatched) return false;
        SegmentSeal expected = new(Offset, _chain, _frames, _events, _dataEnd >= 0 ? _dataEnd : Offset,
            _dataEnd >= 0 ? _dataChain : _chain);
        return SegmentSeal.TryRead(_header, payload, out SegmentSeal found) && found == expected;
    }

    // Makes the buffer hold so many bytes from the current place on; false when the file ends before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Fill(int bytes) => _length - _at >= bytes || ReadMore(bytes);

    // All that was checked of the window before was used, so that the next one goes on here.
    private void TakeWindow()
    {
        SegmentWindows.Window window = _windows!.Take();
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _bufferOffset, _at, _length) = (window.Buffer, window.Offset, 0, window.Length);
        (_isAtEnd, _checkedTo) = (window.IsAtEnd, window.CheckedTo);
        if (_checkedTo == window.Offset) _windows = null; // what begins here is no whole frame, or damaged: read on without
    }

    private bool ReadMore(int bytes)
    {
        if (_windows is not null)
        {
            TakeWindow();
            if (_length >= bytes) return true;
        }

        if (_isAtEnd) return false;
        byte[] old = _buffer;
        if (bytes > old.Length) _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        old.AsSpan(_at, _length - _at).CopyTo(_buffer);
        if (_buffer != old) ArrayPool<byte>.Shared.Return(old);
        _bufferOffset += _at;
        _length -= _at;
        _at = 0;
        int read = _file.ReadAt(_buffer.AsSpan(_length), _bufferOffset + _length);
        _isAtEnd = read < _buffer.Length - _length;
        _length += read;
        return _length >= bytes;
    }
}
