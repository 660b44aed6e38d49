namespace Interstice.Journal.Index;

/// <summary>What the index of a segment says of the frame list of a stream, before the list.</summary>
/// <param name="Bytes">How long the list is.</param>
/// <param name="Entries">How many frames it names.</param>
/// <param name="First">Revision of the first event.</param>
/// <param name="End">Revision after the last event.</param>
internal readonly record struct FrameListHead(int Bytes, int Entries, long First, long End);
