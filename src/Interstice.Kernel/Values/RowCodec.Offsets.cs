using System.Buffers.Binary;

namespace Interstice.Kernel.Values;

/// <content>Where the fields of a row begin.</content>
public sealed partial class RowCodec
{
    /// <summary>In place of a length: a string or bytes, whose length stands before the content.</summary>
    private const int Counted = -1;

    /// <summary>In place of a length: anything else of varying length.</summary>
    private const int Varying = -2;

    // Of each field its length, or one of the two marks above.
    private readonly int[] _lengths;

    // Offsets of the fields up to and including the first of varying length; the same in all rows.
    private readonly int[] _prefix;

    /// <summary>Finds where each field of a row begins.</summary>
    /// <param name="row">A row that was validated; of other bytes the answer means nothing, or an exception is
    /// thrown.</param>
    /// <param name="offsets">Takes the offset of each field; at least as long as <see cref="Fields"/>.</param>
    public void Offsets(ReadOnlySpan<byte> row, Span<int> offsets)
    {
        _prefix.CopyTo(offsets);
        if (_prefix.Length == _lengths.Length) return;
        int position = _prefix[^1];
        for (int i = _prefix.Length - 1; i < _lengths.Length; i++)
        {
            offsets[i] = position;
            position = Next(row, i, position);
        }
    }

    /// <summary>Finds where one field of a row begins.</summary>
    /// <param name="row">A row that was validated.</param>
    /// <param name="field">Index of the field.</param>
    public int Offset(ReadOnlySpan<byte> row, int field)
    {
        if (field < _prefix.Length) return _prefix[field];
        return Walk(row, _prefix.Length - 1, _prefix[^1], field);
    }

    /// <summary>The bytes of one field of a row.</summary>
    /// <param name="row">A row that was validated.</param>
    /// <param name="field">Index of the field.</param>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> row, int field)
    {
        int start = Offset(row, field);
        return row[start..Next(row, field, start)];
    }

    /// <summary>Offset of a field if it is the same in all rows.</summary>
    /// <param name="field">Index of the field.</param>
    public int? FixedOffset(int field) => field < _prefix.Length ? _prefix[field] : null;

    /// <summary>Goes from one field, which begins at a position, on to a later one.</summary>
    internal int Walk(ReadOnlySpan<byte> row, int from, int position, int to)
    {
        for (int i = from; i < to; i++) position = Next(row, i, position);
        return position;
    }

    private int Next(ReadOnlySpan<byte> row, int field, int position)
    {
        int length = _lengths[field];
        if (length >= 0) return position + length;
        if (length == Varying) return CanonicalEncoding.Skip(Fields[field].Type, row, position);
        return position + sizeof(uint) + (int)BinaryPrimitives.ReadUInt32LittleEndian(row[position..]);
    }

    private static int LengthOf(Schema.DataType type)
    {
        if (type.FixedLengthOrMinusOne >= 0) return type.FixedLengthOrMinusOne;
        return type.Resolved is Schema.ScalarType ? Counted : Varying;
    }

    private static int[] PrefixOffsets(int[] lengths)
    {
        int firstVarying = Array.FindIndex(lengths, length => length < 0);
        int[] offsets = new int[firstVarying < 0 ? lengths.Length : firstVarying + 1];
        for (int i = 1; i < offsets.Length; i++) offsets[i] = offsets[i - 1] + lengths[i - 1];
        return offsets;
    }
}
