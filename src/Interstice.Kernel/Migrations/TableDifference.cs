using Interstice.Kernel.Schema.Diff;

namespace Interstice.Kernel.Migrations;

/// <summary>What still parts a table from its declaration.</summary>
/// <param name="Change">The change.</param>
/// <param name="Step">The step that makes it; null where none may be taken unless it is declared.</param>
internal sealed record TableDifference(SchemaChange Change, MigrationStep? Step);
