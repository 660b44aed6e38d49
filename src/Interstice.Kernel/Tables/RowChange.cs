namespace Interstice.Kernel.Tables;

/// <summary>What a <see cref="Table"/> did.</summary>
public enum RowChangeKind : byte
{
    /// <summary>A row was added.</summary>
    Insert,

    /// <summary>A row was replaced by one with the same primary key.</summary>
    Update,

    /// <summary>A row was taken out.</summary>
    Delete,
}

/// <summary>All that is needed to undo one change of a table. The table keeps the bytes of the row before until the change is
/// either undone or released.</summary>
public readonly struct RowChange
{
    internal RowChange(RowChangeKind kind, bool isInPlace, int table, uint row, uint before, ulong counterBefore)
    {
        Kind = kind;
        IsInPlace = isInPlace;
        Table = table;
        Row = row;
        Before = before;
        CounterBefore = counterBefore;
    }

    /// <summary>What was done.</summary>
    public RowChangeKind Kind { get; }

    /// <summary>Number of the table.</summary>
    public int Table { get; }

    /// <summary>The row after an insert or update, or the deleted one.</summary>
    internal uint Row { get; }

    /// <summary>The row before an update.</summary>
    internal uint Before { get; }

    /// <summary>Whether an update wrote into the row's slot, so that <see cref="Before"/> is a copy.</summary>
    internal bool IsInPlace { get; }

    internal ulong CounterBefore { get; }
}
