using System.Collections.Immutable;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>One group of rows.</summary>
/// <param name="Key">The value that its rows have in common; <see cref="AggregateValue.Nothing"/> for null, and without groups.</param>
/// <param name="RowCount">How many rows it has.</param>
/// <param name="Values">One for each aggregate of the query.</param>
public sealed record AggregateGroup(AggregateValue Key, long RowCount, ImmutableArray<AggregateValue> Values);
