using Interstice.Journal.Segments;

namespace Interstice.Journal.Repair;

/// <summary>A place in the log for one segment, whether its file is there or not.</summary>
/// <param name="Number">Number of the segment.</param>
/// <param name="Base">Its base position.</param>
/// <param name="Length">Its length, seal included; null for the last one, which may be open.</param>
/// <param name="HasFile">Whether there is a file.</param>
internal sealed record Slot(long Number, ulong Base, long? Length, bool HasFile)
{
    /// <summary>Shortest segment that another follows: header, a hole, a seal.</summary>
    public const long BytesMin = SegmentHeader.Bytes + FrameFormat.FrameBytesMin + FrameFormat.FrameBytesMin + 32;

    /// <summary>Name of its file.</summary>
    public string Name => SegmentName.Of(Number, Base);

    /// <summary>Position of an offset in it.</summary>
    public ulong PositionOf(long offset) => Base + (ulong)offset;
}
