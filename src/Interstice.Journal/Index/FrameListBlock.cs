namespace Interstice.Journal.Index;

/// <summary>Where decoding of a list of frames can start.</summary>
/// <param name="At">Byte of the entry.</param>
/// <param name="Offset">Of the frame before.</param>
/// <param name="Revision">Of the first event from here.</param>
internal readonly record struct FrameListBlock(int At, long Offset, long Revision);
