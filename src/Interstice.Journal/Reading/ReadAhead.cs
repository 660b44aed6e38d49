using Interstice.Journal.Index;

namespace Interstice.Journal.Reading;

/// <summary>How much of a segment to load at once for the frames of one stream.</summary>
internal static class ReadAhead
{
    /// <summary>Most bytes that are loaded at once, where frames are not longer.</summary>
    public const int BytesMax = 256 * 1024;

    // Reading over a gap costs less than another system call up to about here.
    private const int GapBytesMax = 16 * 1024;

    /// <summary>The index does not know how long the last frame is; most fit in this, and a longer one is loaded again.</summary>
    public const int FrameBytesGuess = 4 * 1024;

    /// <summary>Bytes from the first entry's frame on.</summary>
    /// <param name="entries">In order of offsets.</param>
    /// <param name="events">How many events are wanted.</param>
    public static int Bytes(ReadOnlySpan<FrameEntry> entries, long events)
    {
        long start = entries[0].Offset;
        long end = start;
        for (int i = 0; i < entries.Length && events > 0; i++)
        {
            long next = entries[i].Offset;
            if (next - end > GapBytesMax || next - start + FrameBytesGuess > BytesMax) break;
            end = next;
            events -= entries[i].Events;
        }

        return (int)(end - start) + FrameBytesGuess;
    }
}
