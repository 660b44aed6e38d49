namespace Interstice.Journal.Verification;

/// <summary>How a journal is verified. What is found does not depend on it.</summary>
public sealed record VerificationOptions
{
    /// <summary>Smallest <see cref="WindowBytes"/>.</summary>
    public const int WindowBytesMin = 512;

    /// <summary>How many threads check, 0 or more: each a segment, or several the checksums of one that is long beside the others; memory grows
    /// with it, by some hundred kilobytes and the index of a segment each. With 0 all are read one after the other by the way that can say what is wrong, which is slower. Default: the number
    /// of processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How much of a segment is read at a time where several threads check one, <see cref="WindowBytesMin"/> or more; two such
    /// windows are in memory for each segment. Segments shorter than two windows are checked by one thread. Default: 4 MiB.</summary>
    public int WindowBytes { get; init; } = 4 << 20;
}
