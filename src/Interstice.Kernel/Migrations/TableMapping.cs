using System.Buffers;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>How single rows of a table become rows of the table that follows from it. Used by one thread at a time.</summary>
public sealed class TableMapping
{
    private readonly RowConversion _conversion;
    private readonly bool[] _isCompared;

    internal TableMapping(TableDraft draft, TableSchema source, TableSchema target)
    {
        (Source, Target) = (source, target);
        _conversion = new RowConversion(draft, source, target);
        KeepsKeys = draft.KeepsOrder;
        _isCompared = [.. target.Columns.Select(column => !draft.Added.Contains(column.Name))];
    }

    /// <summary>The table that rows come from.</summary>
    public TableSchema Source { get; }

    /// <summary>The table that follows from it.</summary>
    public TableSchema Target { get; }

    /// <summary>Whether two rows have the same primary key there if, and only if, they have it in <see cref="Source"/>.</summary>
    public bool KeepsKeys { get; }

    /// <summary>The row of the other table.</summary>
    /// <param name="row">A row of <see cref="Source"/>.</param>
    /// <exception cref="MigrationException">It has no place there.</exception>
    public byte[] Convert(ReadOnlySpan<byte> row) => _conversion.Convert(row).ToArray();

    /// <summary>The primary key of a row, in the canonical encoding of its columns.</summary>
    /// <param name="row">A row of <see cref="Target"/>.</param>
    public byte[] KeyOf(ReadOnlySpan<byte> row)
    {
        var key = new ArrayBufferWriter<byte>();
        foreach (int column in Target.PrimaryKey!.Columns) key.Write(Target.Row.Field(row, column));
        return key.WrittenSpan.ToArray();
    }

    /// <summary>Whether two rows are the same in the columns that follow from columns of <see cref="Source"/>.</summary>
    /// <param name="left">A row of <see cref="Target"/>.</param>
    /// <param name="right">Another one.</param>
    public bool AreAlike(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        for (int i = 0; i < _isCompared.Length; i++)
            if (_isCompared[i] && !Target.Row.Field(left, i).SequenceEqual(Target.Row.Field(right, i))) return false;
        return true;
    }
}
