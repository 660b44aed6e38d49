using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Interstice.Kernel.Values;

/// <summary>Writes values in the canonical encoding, one behind the other (docs/formats/values.md). What is written is
/// canonical as long as counts, tags and the order of map entries are right.</summary>
public static class CanonicalWriter
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a <c>bool</c>.</summary>
    /// <param name="writer">Takes 1 byte.</param>
    /// <param name="value">The value.</param>
    public static void WriteBool(this IBufferWriter<byte> writer, bool value) =>
        WriteU8(writer, value ? (byte)1 : (byte)0);

    /// <summary>Writes a <c>u8</c>, the tag of an option or the number of a variant.</summary>
    /// <param name="writer">Takes 1 byte.</param>
    /// <param name="value">The value.</param>
    public static void WriteU8(this IBufferWriter<byte> writer, byte value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.GetSpan(sizeof(byte))[0] = value;
        writer.Advance(sizeof(byte));
    }

    /// <summary>Writes a <c>u16</c>.</summary>
    /// <param name="writer">Takes 2 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteU16(this IBufferWriter<byte> writer, ushort value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        BinaryPrimitives.WriteUInt16LittleEndian(writer.GetSpan(sizeof(ushort)), value);
        writer.Advance(sizeof(ushort));
    }

    /// <summary>Writes a <c>u32</c>, or the count of a list or map.</summary>
    /// <param name="writer">Takes 4 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteU32(this IBufferWriter<byte> writer, uint value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(sizeof(uint)), value);
        writer.Advance(sizeof(uint));
    }

    /// <summary>Writes a <c>u64</c>.</summary>
    /// <param name="writer">Takes 8 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteU64(this IBufferWriter<byte> writer, ulong value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        BinaryPrimitives.WriteUInt64LittleEndian(writer.GetSpan(sizeof(ulong)), value);
        writer.Advance(sizeof(ulong));
    }

    /// <summary>Writes a <c>u128</c>.</summary>
    /// <param name="writer">Takes 16 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteU128(this IBufferWriter<byte> writer, UInt128 value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        BinaryPrimitives.WriteUInt128LittleEndian(writer.GetSpan(16), value);
        writer.Advance(16);
    }

    /// <summary>Writes an <c>i8</c>.</summary>
    /// <param name="writer">Takes 1 byte.</param>
    /// <param name="value">The value.</param>
    public static void WriteI8(this IBufferWriter<byte> writer, sbyte value) => WriteU8(writer, (byte)value);

    /// <summary>Writes an <c>i16</c>.</summary>
    /// <param name="writer">Takes 2 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteI16(this IBufferWriter<byte> writer, short value) => WriteU16(writer, (ushort)value);

    /// <summary>Writes an <c>i32</c>.</summary>
    /// <param name="writer">Takes 4 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteI32(this IBufferWriter<byte> writer, int value) => WriteU32(writer, (uint)value);

    /// <summary>Writes an <c>i64</c>, <c>timestamp</c> or <c>duration</c>.</summary>
    /// <param name="writer">Takes 8 bytes.</param>
    /// <param name="value">The value; microseconds for times.</param>
    public static void WriteI64(this IBufferWriter<byte> writer, long value) => WriteU64(writer, (ulong)value);

    /// <summary>Writes an <c>i128</c>.</summary>
    /// <param name="writer">Takes 16 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteI128(this IBufferWriter<byte> writer, Int128 value) => WriteU128(writer, (UInt128)value);

    /// <summary>Writes an <c>f32</c>; every NaN becomes the canonical one.</summary>
    /// <param name="writer">Takes 4 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteF32(this IBufferWriter<byte> writer, float value) => WriteU32(
        writer, float.IsNaN(value) ? ValueValidator.CanonicalNaN32 : BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes an <c>f64</c>; every NaN becomes the canonical one.</summary>
    /// <param name="writer">Takes 8 bytes.</param>
    /// <param name="value">The value.</param>
    public static void WriteF64(this IBufferWriter<byte> writer, double value) => WriteU64(
        writer, double.IsNaN(value) ? ValueValidator.CanonicalNaN64 : BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a <c>string</c>.</summary>
    /// <param name="writer">Takes 4 bytes and the text in UTF-8.</param>
    /// <param name="value">The text; well-formed.</param>
    /// <exception cref="ArgumentException">The text holds an unpaired surrogate.</exception>
    public static void WriteString(this IBufferWriter<byte> writer, ReadOnlySpan<char> value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        int length = StrictUtf8.GetByteCount(value);
        WriteU32(writer, (uint)length);
        StrictUtf8.GetBytes(value, writer.GetSpan(length));
        writer.Advance(length);
    }

    /// <summary>Writes <c>bytes</c>, or a <c>string</c> that is UTF-8 already.</summary>
    /// <param name="writer">Takes 4 bytes and the content.</param>
    /// <param name="value">The content.</param>
    public static void WriteBytes(this IBufferWriter<byte> writer, ReadOnlySpan<byte> value)
    {
        WriteU32(writer, (uint)value.Length);
        writer.Write(value);
    }
}
