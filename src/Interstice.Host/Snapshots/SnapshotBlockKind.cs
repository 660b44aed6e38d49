namespace Interstice.Host.Snapshots;

/// <summary>What a block of a snapshot holds; its first byte.</summary>
internal enum SnapshotBlockKind : byte
{
    /// <summary>The <see cref="SnapshotHeader"/>.</summary>
    Header = 1,

    /// <summary>The head of a table; its rows follow.</summary>
    Table = 2,

    /// <summary>Rows of the table before, in the order of its primary key.</summary>
    Rows = 3,

    /// <summary>The end of the file.</summary>
    Footer = 4,

    /// <summary>Calls with an idempotency key, oldest first, behind the tables.</summary>
    Keys = 5,
}
