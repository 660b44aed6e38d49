using Interstice.Kernel.Tables;

namespace Interstice.Host.Snapshots;

/// <summary>The head of a table in a snapshot.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Counter">Its counter; 0 if it has none.</param>
/// <param name="RowCount">Rows that follow.</param>
internal sealed record SnapshotTable(string Name, ulong Counter, long RowCount)
{
    /// <summary>Whether a snapshot holds a logged table: one of the host's only when it was ever written to, so that snapshots of modules
    /// that use none of these are what they were before the host had any.</summary>
    public static bool IsHeld(Table table) => !table.Schema.IsOfHost || table.Count > 0 || table.Counter > 0;
}
