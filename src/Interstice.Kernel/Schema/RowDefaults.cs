using System.Collections.Immutable;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>Completes rows that leave out the last columns of a table, with the defaults of these.</summary>
/// <remarks>Every value has at least one byte and shows where it ends, so that bytes which end between two columns can be read in
/// one way only. Immutable; any thread may use it.</remarks>
public sealed class RowDefaults
{
    private readonly ImmutableArray<ColumnSchema> _columns;
    private readonly byte[] _tail;

    // Where in the tail the default of each column from First on begins.
    private readonly int[] _offsets;

    internal RowDefaults(ImmutableArray<ColumnSchema> columns)
    {
        _columns = columns;
        First = columns.Length;
        while (First > 0 && columns[First - 1].Default is not null) First--;
        _offsets = new int[columns.Length - First];
        List<byte> tail = [];
        for (int i = First; i < columns.Length; i++)
        {
            _offsets[i - First] = tail.Count;
            tail.AddRange(columns[i].Default!.Value.Span);
        }

        _tail = [.. tail];
    }

    /// <summary>Number of the first column that an inserted row may leave out, with all that follow it; the number of columns where none
    /// may be.</summary>
    public int First { get; }

    /// <summary>Whether a row may leave columns out.</summary>
    public bool HasAny => First < _columns.Length;

    /// <summary>Finds what a row lacks at its end.</summary>
    /// <param name="row">Bytes that were found to be no whole row. Never throws, whatever the bytes.</param>
    /// <param name="missing">The defaults of the columns that the row left out: row and these, one after the other, are a whole
    /// row.</param>
    /// <returns>Whether the bytes are the leading columns of a row, of which only columns with defaults are missing.</returns>
    public bool TryFindMissing(ReadOnlySpan<byte> row, out ReadOnlySpan<byte> missing)
    {
        missing = default;
        int position = 0;
        var fault = default(ValueFault);
        foreach (ColumnSchema column in _columns)
        {
            if (position == row.Length)
            {
                if (column.Number < First) return false;
                missing = _tail.AsSpan(_offsets[column.Number - First]);
                return true;
            }

            position = ValueValidator.Validate(column.Type, row, position, 0, ref fault);
            if (position < 0) return false;
        }

        return false;
    }
}
