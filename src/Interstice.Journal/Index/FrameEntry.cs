namespace Interstice.Journal.Index;

/// <summary>A frame that holds events of a stream.</summary>
/// <param name="Offset">Of the frame in its segment.</param>
/// <param name="FirstRevision">Revision of the stream's first event in it.</param>
/// <param name="Events">How many events of the stream it holds.</param>
internal readonly record struct FrameEntry(long Offset, long FirstRevision, int Events);
