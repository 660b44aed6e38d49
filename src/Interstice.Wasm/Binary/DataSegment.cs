namespace Interstice.Wasm.Binary;

/// <summary>A data segment: a range of the binary.</summary>
/// <param name="Mode">Active or passive.</param>
/// <param name="Offset">Offset in memory of an active segment, else null.</param>
/// <param name="DataOffset">Offset of the bytes in the binary.</param>
/// <param name="DataLength">Number of bytes.</param>
public sealed record DataSegment(SegmentMode Mode, ConstantExpression? Offset, int DataOffset, int DataLength);
