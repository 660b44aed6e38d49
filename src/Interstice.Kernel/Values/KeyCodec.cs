using System.Buffers.Binary;
using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Makes the comparable keys of one index: the order-preserving encodings of its columns, one behind the other
/// (docs/formats/keys.md). Comparing the bytes of two keys is comparing their columns in order; the key of some
/// leading columns is the beginning of the keys of all rows that have them.</summary>
/// <remarks>Immutable; any thread may use it.</remarks>
public sealed partial class KeyCodec
{
    private readonly RowCodec _row;
    private readonly KeyPart[] _parts;
    private readonly int _lengthBase;

    // Most keys are one integer of 64 bits: whether the key is, where it stands in a row if that is the same in all
    // rows, and the sign bit if it has one.
    private readonly bool _isWord;
    private readonly int _wordOffset;
    private readonly ulong _wordSign;

    /// <summary>Compiles the key of an index.</summary>
    /// <param name="row">Layout of the table's rows.</param>
    /// <param name="columns">The columns of the index in order; each of a key type or float.</param>
    /// <exception cref="ArgumentException">No columns, a number outside the row, or a column of another
    /// type.</exception>
    public KeyCodec(RowCodec row, ImmutableArray<int> columns)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (columns.IsDefaultOrEmpty) throw new ArgumentException("a key has one column or more", nameof(columns));
        _row = row;
        Columns = columns;
        _parts = new KeyPart[columns.Length];
        bool isFixed = true;
        for (int i = 0; i < columns.Length; i++)
        {
            if ((uint)columns[i] >= (uint)row.Fields.Length)
                throw new ArgumentException($"a row has no column {columns[i]}", nameof(columns));
            DataType type = row.Fields[columns[i]].Type.Resolved;
            if (!type.IsIndexable) throw new ArgumentException($"{type} cannot be part of a key", nameof(columns));
            _parts[i] = KeyPart.Create(columns[i], row.FixedOffset(columns[i]) ?? -1, type);
            _lengthBase += KeyLengthBase(type);
            isFixed &= type.FixedLengthOrMinusOne >= 0;
        }

        FixedLength = isFixed ? _lengthBase : null;
        _isWord = _parts is [{ FixedLength: sizeof(ulong), Kind: not ScalarKind.F64 }];
        _wordOffset = _isWord ? _parts[0].Offset : -1;
        _wordSign = _parts[0].Kind == ScalarKind.U64 ? 0 : KeyEncoding.Sign64;
    }

    /// <summary>The columns in the order of the key, as indexes of the row's fields.</summary>
    public ImmutableArray<int> Columns { get; }

    /// <summary>Bytes of every key, when all columns are of fixed length; null otherwise.</summary>
    public int? FixedLength { get; }

    /// <summary>A length that the key of a row does not exceed. Cheap: nothing is read.</summary>
    /// <param name="row">The row.</param>
    public int LengthMax(ReadOnlySpan<byte> row) => FixedLength ?? _lengthBase + (2 * (row.Length - _row.MinLength));

    /// <summary>Writes the key of a row.</summary>
    /// <param name="row">A row that was validated.</param>
    /// <param name="destination">Takes the key; <see cref="LengthMax"/> bytes are enough.</param>
    /// <returns>Bytes written.</returns>
    public int Write(ReadOnlySpan<byte> row, Span<byte> destination)
    {
        if (_wordOffset >= 0)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(row[_wordOffset..]);
            BinaryPrimitives.WriteUInt64BigEndian(destination, word ^ _wordSign);
            return sizeof(ulong);
        }

        int written = 0;
        int column = 0;
        int position = 0;
        foreach (ref readonly KeyPart part in _parts.AsSpan())
        {
            if (part.Offset >= 0) position = part.Offset;
            else if (part.Column >= column) position = _row.Walk(row, column, position, part.Column);
            else position = _row.Offset(row, part.Column);
            column = part.Column + 1;
            if (part.FixedLength > 0)
            {
                KeyEncoding.WriteFixed(part.Kind, row[position..], destination[written..]);
                position += part.FixedLength;
                written += part.FixedLength;
            }
            else if (part.FixedLength == 0) written += KeyEncoding.WriteText(row, ref position, destination[written..]);
            else written += KeyEncoding.Write(part.Type, row, ref position, destination[written..]);
        }

        return written;
    }

    /// <summary>A length that the conversion of a guest's key does not exceed.</summary>
    /// <param name="guestKey">The key as a guest passes it.</param>
    public int ConvertedLengthMax(ReadOnlySpan<byte> guestKey) => _lengthBase + (2 * guestKey.Length);

    /// <summary>Converts a key as guests pass it, a count byte and the canonical encodings of that many leading
    /// columns, to the comparable key of these columns.</summary>
    /// <param name="guestKey">The guest's bytes, which are validated; none at all counts as no columns.</param>
    /// <param name="destination">Takes the key; <see cref="ConvertedLengthMax"/> bytes are enough.</param>
    /// <param name="columns">How many columns the key has; fewer than the index has make a prefix.</param>
    /// <param name="written">Bytes written.</param>
    /// <param name="error">The column, what is wrong and the offset, when the answer is no.</param>
    public bool TryConvert(
        ReadOnlySpan<byte> guestKey, Span<byte> destination, out int columns, out int written, out ValueError error)
    {
        error = default;
        if (_isWord && guestKey.Length == 1 + sizeof(ulong) && guestKey[0] == 1)
        {
            // Every eight bytes are a value.
            (columns, written) = (1, sizeof(ulong));
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(guestKey[1..]);
            BinaryPrimitives.WriteUInt64BigEndian(destination, word ^ _wordSign);
            return true;
        }

        return TryConvertColumns(guestKey, destination, out columns, out written, out error);
    }

    private bool TryConvertColumns(
        ReadOnlySpan<byte> guestKey, Span<byte> destination, out int columns, out int written, out ValueError error)
    {
        (columns, written, error) = (0, 0, default);
        if (guestKey.IsEmpty) return true;
        var fault = default(ValueFault);
        int count = guestKey[0];
        int position = 1;
        if (count > _parts.Length)
        {
            fault.Set(ValueErrorKind.WrongKeyLength, 0, $"expected at most {_parts.Length} columns, found {count}");
            position = -1;
        }

        for (int i = 0; i < count && position >= 0; i++)
        {
            int start = position;
            position = ValueValidator.Validate(_parts[i].Type, guestKey, start, 0, ref fault);
            if (position < 0) fault.Within($".{_row.Fields[_parts[i].Column].Name}");
            else written += KeyEncoding.Write(_parts[i].Type, guestKey, ref start, destination[written..]);
        }

        if (position >= 0 && position < guestKey.Length)
        {
            fault.Set(ValueErrorKind.TrailingBytes, position,
                CanonicalEncoding.Trailing("the end of the key", guestKey.Length - position));
        }

        if (fault.Kind == ValueErrorKind.None)
        {
            columns = count;
            return true;
        }

        (written, error) = (0, fault.ToError());
        return false;
    }

    private static int KeyLengthBase(DataType type) => type.Resolved switch
    {
        ScalarType { FixedLengthOrMinusOne: < 0 } => 2,
        OptionType option => 1 + KeyLengthBase(option.Value),
        EnumType => 1,
        { } scalar => scalar.FixedLengthOrMinusOne,
    };

    /// <summary>One column of the key.</summary>
    /// <param name="Column">Index of the row's field.</param>
    /// <param name="Offset">Where it begins if that is the same in all rows, or -1.</param>
    /// <param name="Type">Its type, without wrappers.</param>
    /// <param name="FixedLength">Length of its key; 0 for text, -1 for options.</param>
    /// <param name="Kind">How to write it, unless it is an option.</param>
    private readonly record struct KeyPart(int Column, int Offset, DataType Type, int FixedLength, ScalarKind Kind)
    {
        internal static KeyPart Create(int column, int offset, DataType type)
        {
            if (type is OptionType) return new KeyPart(column, offset, type, -1, default);
            return new KeyPart(column, offset, type, Math.Max(type.FixedLengthOrMinusOne, 0), KeyEncoding.KindOf(type));
        }
    }
}
