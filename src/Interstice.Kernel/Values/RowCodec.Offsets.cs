namespace Interstice.Kernel.Values;

/// <content>Where the fields of a row begin.</content>
public sealed partial class RowCodec
{
    private readonly int[] _lengths;
    private readonly int[] _prefix;

    /// <summary>Finds where each field of a row begins.</summary>
    /// <param name="row">A row that was validated; of other bytes the answer means nothing, or an exception is thrown.</param>
    /// <param name="offsets">Takes the offset of each field; at least as long as <see cref="Fields"/>.</param>
    public void Offsets(ReadOnlySpan<byte> row, Span<int> offsets)
    {
        _prefix.CopyTo(offsets);
        if (_prefix.Length == Fields.Length) return;
        int position = _prefix[^1];
        for (int i = _prefix.Length - 1; i < Fields.Length; i++)
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
        return length >= 0 ? position + length : CanonicalEncoding.Skip(Fields[field].Type, row, position);
    }

    private static int[] PrefixOffsets(int[] lengths)
    {
        var offsets = new List<int>();
        int position = 0;
        foreach (int length in lengths)
        {
            offsets.Add(position);
            if (length < 0) break;
            position += length;
        }

        return [.. offsets];
    }
}
