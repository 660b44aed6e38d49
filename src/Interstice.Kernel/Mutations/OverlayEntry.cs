namespace Interstice.Kernel.Mutations;

/// <summary>What the transaction knows about one primary key.</summary>
internal struct OverlayEntry
{
    internal int Table;

    /// <summary>The committed row, or <see cref="Tables.RowSource.NoRow"/>.</summary>
    internal uint Committed;

    /// <summary>Where the copy of the committed row begins; valid while there is a version.</summary>
    internal int OldOffset;

    internal int OldLength;

    /// <summary>The newest version, or -1 as long as (or since a rollback again) the transaction has not written to the row.</summary>
    internal int Version;
}
