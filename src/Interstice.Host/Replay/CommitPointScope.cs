namespace Interstice.Host.Replay;

/// <summary>What a <see cref="CommitPointCheck"/> looks at.</summary>
public sealed record CommitPointScope
{
    /// <summary>Look only at transactions that this module has the commit point or a part of; null for all.</summary>
    public string? OnlyModule { get; init; }

    /// <summary>The modules whose streams are read for commit points; null to read the whole store in order, which takes the right to read all of it
    /// where the store is elsewhere.</summary>
    public IReadOnlyList<string>? OuterModules { get; init; }

    /// <summary>Lists the positions of what repairs left out; asked once, when the first part is not where it must be. Null where there are none.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<ulong>>>? ListHoles { get; init; }
}
