namespace Interstice.Journal.Verification;

/// <summary>How a journal is verified. What is found does not depend on it.</summary>
public sealed record VerificationOptions
{
    /// <summary>How many segments are checked at a time, 0 or more; memory grows with it, by some hundred kilobytes and the index of a
    /// segment each. With 0 all are read one after the other by the way that can say what is wrong, which is slower. Default: the number
    /// of processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
