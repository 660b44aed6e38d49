namespace Interstice.Host.Snapshots;

/// <summary>The head of a table in a snapshot.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Counter">Its counter; 0 if it has none.</param>
/// <param name="RowCount">Rows that follow.</param>
internal sealed record SnapshotTable(string Name, ulong Counter, long RowCount);
