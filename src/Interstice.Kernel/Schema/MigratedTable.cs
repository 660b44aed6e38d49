namespace Interstice.Kernel.Schema;

/// <summary>A table that a migration's reducer fills.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Declared">Its declaration in the version that the migration leads to, where a later version declares it otherwise or has it no
/// more; null where it is that of the module.</param>
public sealed record MigratedTable(string Name, TableSchema? Declared);
