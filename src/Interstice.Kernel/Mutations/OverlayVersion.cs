namespace Interstice.Kernel.Mutations;

/// <summary>A row as one write of the transaction left it.</summary>
/// <param name="Entry">The row's entry.</param>
/// <param name="Previous">The version before, or -1: then it is the committed row or none.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">How many there are, or <see cref="Deleted"/>.</param>
/// <param name="Sequence">Number of the write.</param>
/// <param name="CounterBefore">The table's counter before it.</param>
internal readonly record struct OverlayVersion(
    int Entry, int Previous, int Offset, int Length, long Sequence, ulong CounterBefore)
{
    internal const int Deleted = -1;

    internal bool IsDeleted => Length == Deleted;
}
