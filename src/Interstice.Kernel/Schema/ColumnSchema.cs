namespace Interstice.Kernel.Schema;

/// <summary>A column of a table.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
public sealed class ColumnSchema(string name, DataType type) : FieldSchema(name, type)
{
    /// <summary>Index among the columns of its table.</summary>
    public required int Number { get; init; }

    /// <summary>Whether it is (part of) the primary key.</summary>
    public required bool IsPrimaryKey { get; init; }

    /// <summary>Whether it was marked unique; an index of the column's own name keeps it so.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether 0 asks for the next value of the table's counter.</summary>
    public bool IsAutoInc { get; init; }

    /// <summary>The declared default in the canonical encoding; null if there is none.</summary>
    public ReadOnlyMemory<byte>? Default { get; init; }
}
