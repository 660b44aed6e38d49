namespace Interstice.Journal.Verification;

/// <summary>One thing that is wrong in a journal.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="File">Name of the file in the store's directory.</param>
/// <param name="Segment">Number of the segment, null outside segments.</param>
/// <param name="Offset">Offset in the file, in bytes; of the frame, when something in a frame is wrong.</param>
/// <param name="Position">The same place as an offset in the whole log; 0 outside segments.</param>
/// <param name="What">What was compared.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Found">What it is.</param>
public sealed record VerificationError(
    VerificationErrorKind Kind,
    string File,
    long? Segment,
    long Offset,
    ulong Position,
    string What,
    string Expected,
    string Found);
