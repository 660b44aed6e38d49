using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Interstice.Host.Reducers;

/// <summary>The next few works of a queue, taken out ahead of their turn. They were written by other processors: fetching them while
/// those before them run takes the wait for that out of the loop.</summary>
/// <remarks>Invariant: works leave in the order in which they were queued. The loop's thread alone uses it, so that it stands alone in
/// its cache lines, as <see cref="SharedCount"/> does.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 256 + 128)]
internal struct WorkAhead
{
    private const int Most = 8;
    private const int CacheLineBytes = 64;

    [FieldOffset(128)]
    private Ring _ring;

    [FieldOffset(192)]
    private int _first;

    [FieldOffset(196)]
    private int _count;

    /// <summary>Whether none was taken out.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>Takes the next work, and others out of the queue behind it.</summary>
    public bool TryTake(ConcurrentQueue<LoopWork> queue, out LoopWork work)
    {
        while (_count < Most && queue.TryDequeue(out LoopWork? queued))
        {
            Fetch(queued);
            _ring[(_first + _count++) % Most] = queued;
        }

        if (_count == 0)
        {
            work = null!;
            return false;
        }

        work = _ring[_first]!;
        _ring[_first] = null;
        _first = (_first + 1) % Most;
        _count--;

        // Fetched when it was taken out, and there by now: what it refers to is next.
        if (_count > Most / 2 && _ring[(_first + (Most / 2)) % Most]!.Inputs is { } inputs) Fetch(inputs);
        return true;
    }

    // A hint to the processor, harmless wherever it points: the object may move meanwhile.
    private static unsafe void Fetch(object target)
    {
        if (!Sse.IsSupported) return;
        byte* address = *(byte**)Unsafe.AsPointer(ref target);
        Sse.Prefetch0(address);
        Sse.Prefetch0(address + CacheLineBytes);
    }

    [InlineArray(Most)]
    private struct Ring
    {
        private LoopWork? _work;
    }
}
