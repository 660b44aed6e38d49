using System.Buffers;
using System.Buffers.Binary;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <content>Comparable bytes back to values.</content>
public static partial class KeyEncoding
{
    /// <summary>Reads the value that a comparable key holds at a position, for diagnostics and the command
    /// line.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="key">The key; any bytes.</param>
    /// <param name="position">Where the value begins; moved behind it.</param>
    /// <param name="canonical">Takes its canonical encoding; -0 has become +0.</param>
    /// <returns>Whether the bytes were the encoding of a value.</returns>
    public static bool TryRead(DataType type, ReadOnlySpan<byte> key, ref int position, IBufferWriter<byte> canonical)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(canonical);
        type = type.Resolved;
        while (type is OptionType option)
        {
            if (position >= key.Length || key[position] > 1) return false;
            byte tag = key[position++];
            canonical.WriteU8(tag);
            if (tag == 0) return true;
            type = option.Value.Resolved;
        }

        if (type is ScalarType { FixedLengthOrMinusOne: < 0 } text)
            return TryReadText(text, key, ref position, canonical);
        int length = type.FixedLengthOrMinusOne;
        if (length < 0 || key.Length - position < length) return false;
        Span<byte> value = stackalloc byte[32];
        value = value[..length];
        key.Slice(position, length).CopyTo(value);
        position += length;
        if (type is ScalarType scalar) ReadFixed(scalar.Kind, value);
        canonical.Write(value);
        bool isMinusZero = KeyTypes.IsFloat(type) && value[^1] == 0x80 && !value[..^1].ContainsAnyExcept((byte)0);
        return !isMinusZero && CanonicalEncoding.TryValidate(type, value, out _);
    }

    private static void ReadFixed(ScalarKind kind, Span<byte> value)
    {
        if (kind is ScalarKind.Bool or ScalarKind.Uuid or ScalarKind.Identity) return;
        bool isFloat = kind is ScalarKind.F32 or ScalarKind.F64;
        bool isSigned = kind is >= ScalarKind.I8 and <= ScalarKind.I128 or ScalarKind.Timestamp or ScalarKind.Duration;
        bool wasNegative = value[0] < 0x80;
        if (isFloat && wasNegative)
            foreach (ref byte part in value) part = (byte)~part;
        else if (isFloat || isSigned) value[0] ^= 0x80;
        value.Reverse();
    }

    private static bool TryReadText(
        ScalarType type, ReadOnlySpan<byte> key, ref int position, IBufferWriter<byte> canonical)
    {
        var content = new ArrayBufferWriter<byte>();
        while (true)
        {
            int zero = key[position..].IndexOf((byte)0);
            if (zero < 0 || position + zero + 1 >= key.Length) return false;
            byte mark = key[position + zero + 1];
            if (mark is not (0 or 0xFF)) return false;
            content.Write(key.Slice(position, mark == 0 ? zero : zero + 1));
            position += zero + 2;
            if (mark == 0) break;
        }

        canonical.WriteBytes(content.WrittenSpan);
        return type.Kind == ScalarKind.Bytes || System.Text.Unicode.Utf8.IsValid(content.WrittenSpan);
    }
}
