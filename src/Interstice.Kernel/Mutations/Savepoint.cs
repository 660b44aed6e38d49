namespace Interstice.Kernel.Mutations;

/// <summary>A moment within a transaction that it can go back to.</summary>
public readonly record struct Savepoint
{
    internal int Versions { get; init; }

    internal int Steps { get; init; }

    internal int Bytes { get; init; }

    internal int MutationCount { get; init; }

    internal long Scans { get; init; }

    internal int Transaction { get; init; }

    internal bool HasWrittenLogged { get; init; }
}
