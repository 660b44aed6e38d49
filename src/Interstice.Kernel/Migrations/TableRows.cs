using System.Collections.Immutable;

namespace Interstice.Kernel.Migrations;

/// <summary>Rows of one table.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Rows">The rows in the canonical encoding, in the order in which they are inserted.</param>
public sealed record TableRows(string Table, ImmutableArray<ReadOnlyMemory<byte>> Rows);
