using System.Buffers;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Reads a segment ahead of the thread that checks what its frames hold, and lets other threads check their checksums meanwhile.
/// </summary>
/// <remarks>A window begins with a frame and holds whole frames, whose lengths are read first, then a part of the next one. Where that is
/// not so, or a checksum is wrong, it is not said to be checked, and who asked checks it frame by frame. One thread asks.</remarks>
/// <param name="file">The segment.</param>
/// <param name="seed">What its frames are seeded with.</param>
/// <param name="threads">How many threads check checksums.</param>
/// <param name="windowBytes">How much is read at a time; more where a frame is longer.</param>
internal sealed class SegmentWindows(IJournalFile file, uint seed, int threads, int windowBytes) : IDisposable
{
    // Enough that handing it to a thread costs little beside checking it.
    private const int ShareBytes = 128 << 10;

    private readonly CancellationTokenSource _stopping = new();
    private Task<Window>? _next;
    private Task<long>? _zerosFrom;

    /// <summary>Begins to read.</summary>
    /// <param name="offset">Where the first frame begins.</param>
    public void Begin(long offset)
    {
        _next = Task.Run(() => Read(offset));
        _zerosFrom = Task.Run(() => TailSearch.ZerosFrom(file, _stopping.Token));
    }

    /// <summary>Offset from which on all bytes of the segment were zero when it was begun: segments are made of zeros before they are written,
    /// and what is left of a long one takes as long to read as what is written.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public long ZerosFrom() => _zerosFrom!.GetAwaiter().GetResult();

    /// <summary>The next window, whose buffer the caller gives back to the shared pool; the one after it is read meanwhile.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Window Take()
    {
        Task<Window> task = _next!;
        _next = null;
        Window window = task.GetAwaiter().GetResult(); // reads here if no thread has begun to
        _next = window.CheckedTo > window.Offset ? Task.Run(() => Read(window.CheckedTo)) : null;
        return window;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        if (Finish(_next) is { } window) ArrayPool<byte>.Shared.Return(window.Buffer);
        _ = Finish(_zerosFrom);
        _stopping.Dispose();
    }

    // Null also where it failed: nobody asks for it any more.
    private static T? Finish<T>(Task<T>? task)
        where T : struct
    {
        try
        {
            return task?.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventStoreException or OperationCanceledException)
        {
            return null;
        }
    }

    private Window Read(long offset)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(windowBytes);
        try
        {
            int length = file.ReadAt(buffer.AsSpan(0, windowBytes), offset);
            bool isAtEnd = length < windowBytes;
            int first = FrameRun.FrameBytes(buffer.AsSpan(0, length));
            if (first > length && first <= file.Length - offset)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(first);
                length = file.ReadAt(buffer.AsSpan(0, first), offset);
                isAtEnd = length < first;
            }

            List<int> shares = ShareOut(buffer.AsSpan(0, length), out int end);
            bool isRight = AreRight(buffer, shares, end, offset);
            return new Window(buffer, offset, length, isAtEnd, isRight ? offset + end : offset);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    // Frames where shares begin, and the end of the last whole frame.
    private static List<int> ShareOut(ReadOnlySpan<byte> bytes, out int end)
    {
        List<int> shares = [];
        end = 0;
        while (FrameRun.FrameBytes(bytes[end..]) is var frame and > 0 && frame <= bytes.Length - end)
        {
            if (shares.Count == 0 || end - shares[^1] >= ShareBytes) shares.Add(end);
            end += frame;
        }

        return shares;
    }

    private bool AreRight(byte[] buffer, List<int> shares, int end, long offset)
    {
        ParallelLoopResult result = Parallel.For(
            0, shares.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = _stopping.Token }, (share, loop) =>
            {
                int to = share + 1 < shares.Count ? shares[share + 1] : end;
                int from = shares[share];
                if (FrameRun.CheckedBytes(buffer.AsSpan(from, to - from), seed, offset + from) != to - from) loop.Stop();
            });
        return result.IsCompleted;
    }

    /// <summary>A stretch of a segment.</summary>
    /// <param name="Buffer">Holds it from its start on.</param>
    /// <param name="Offset">Where it begins in the segment, with a frame.</param>
    /// <param name="Length">How long it is.</param>
    /// <param name="IsAtEnd">Whether the file ends with it.</param>
    /// <param name="CheckedTo">Up to which offset in the segment all checksums are right; where a frame begins.</param>
    internal readonly record struct Window(byte[] Buffer, long Offset, int Length, bool IsAtEnd, long CheckedTo);
}
