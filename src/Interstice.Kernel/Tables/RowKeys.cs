using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tables;

/// <summary>The keys of the entries of one index: the key of the index and, unless the primary key's columns are all among its
/// own, the primary key behind, so that no two rows have the same.</summary>
internal sealed class RowKeys : EntryKeys
{
    private readonly RowSource _rows;
    private readonly KeyCodec _key;
    private readonly KeyCodec? _primary;

    internal RowKeys(RowSource rows, IndexSchema index, IndexSchema primary)
    {
        _rows = rows;
        _key = index.Key;
        _primary = primary.Columns.All(column => index.Columns.Contains(column)) ? null : primary.Key;
        FixedLength = _primary is null ? _key.FixedLength : _key.FixedLength + _primary.FixedLength;
    }

    internal override int? FixedLength { get; }

    /// <summary>A length that the key of a row does not exceed.</summary>
    internal int LengthMax(ReadOnlySpan<byte> row) =>
        FixedLength ?? _key.LengthMax(row) + (_primary?.LengthMax(row) ?? 0);

    /// <summary>Writes the key of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="destination">Takes the key; <see cref="LengthMax"/> bytes are enough.</param>
    /// <param name="indexLength">How many of the bytes are the index's own key.</param>
    /// <returns>Bytes written.</returns>
    internal int Write(ReadOnlySpan<byte> row, Span<byte> destination, out int indexLength)
    {
        indexLength = _key.Write(row, destination);
        return _primary is null ? indexLength : indexLength + _primary.Write(row, destination[indexLength..]);
    }

    protected override bool TryWrite(uint reference, Span<byte> destination, out int length)
    {
        ReadOnlySpan<byte> row = _rows[reference];
        length = LengthMax(row);
        if (length > destination.Length) return false;
        length = Write(row, destination, out _);
        return true;
    }
}
