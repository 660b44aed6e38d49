namespace Interstice.Kernel.Tables.Columnar;

/// <summary>One result that is wanted.</summary>
/// <param name="Function">What is computed.</param>
/// <param name="Column">Number of the column.</param>
public readonly record struct Aggregate(AggregateFunction Function, int Column);
