namespace Interstice.Kernel.Tables;

/// <summary>Gives the bytes of rows by reference: what an index asks when the part of a key that it keeps does not decide.</summary>
internal abstract class RowSource
{
    /// <summary>Stands for no row.</summary>
    internal const uint NoRow = uint.MaxValue;

    /// <summary>The bytes of a row that is stored; borrowed until the next write.</summary>
    internal abstract ReadOnlySpan<byte> this[uint reference] { get; }
}
