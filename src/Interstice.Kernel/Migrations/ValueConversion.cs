using System.Buffers;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>Turns every value of one type into a value of another without losing anything: integers into wider ones, <c>f32</c> into
/// <c>f64</c>, a value into an option, variants into an enum that has more of them at its end, structs field by field, and the
/// same within lists, maps and options (docs/migrations.md).</summary>
/// <remarks>The order of key values is kept, and different values stay different. Immutable once found; any thread may use it.</remarks>
public abstract class ValueConversion
{
    private protected ValueConversion()
    {
    }

    /// <summary>Whether values are the same bytes in both types.</summary>
    internal virtual bool KeepsBytes => false;

    /// <summary>Finds the conversion between two types.</summary>
    /// <param name="from">Type of the values that are there.</param>
    /// <param name="to">Type of the values that are wanted.</param>
    /// <param name="problem">Why there is none, as the end of a sentence; empty if there is one.</param>
    public static ValueConversion? Find(DataType from, DataType to, out string problem)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        problem = "";
        return new ConversionSearch().Find(from, to, ref problem);
    }

    /// <summary>Converts one value.</summary>
    /// <param name="value">Exactly one value of the type that is there, validated.</param>
    /// <param name="destination">Takes the value of the type that is wanted.</param>
    public void Convert(ReadOnlySpan<byte> value, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        int position = 0;
        Convert(value, ref position, destination);
    }

    internal abstract void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination);

    /// <summary>The same bytes.</summary>
    internal sealed class Copy(DataType type) : ValueConversion
    {
        internal override bool KeepsBytes => true;

        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            int start = position;
            position = CanonicalEncoding.Skip(type, bytes, position);
            destination.Write(bytes[start..position]);
        }
    }

    /// <summary>A longer integer: the sign, or zeroes, behind what is there.</summary>
    internal sealed class WiderInteger(int bytesBefore, int bytesAfter, bool isSigned) : ValueConversion
    {
        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            ReadOnlySpan<byte> value = bytes.Slice(position, bytesBefore);
            position += bytesBefore;
            bool isNegative = isSigned && (value[^1] & 0x80) != 0;
            Span<byte> wide = destination.GetSpan(bytesAfter)[..bytesAfter];
            wide.Fill(isNegative ? byte.MaxValue : (byte)0);
            value.CopyTo(wide);
            destination.Advance(bytesAfter);
        }
    }

    /// <summary>An <c>f32</c> as an <c>f64</c>; the one NaN becomes the one NaN.</summary>
    internal sealed class WiderFloat : ValueConversion
    {
        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            float value = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes[position..]);
            position += sizeof(float);
            destination.WriteF64(value);
        }
    }

    /// <summary>An option that has a value.</summary>
    internal sealed class Wrapping(ValueConversion value) : ValueConversion
    {
        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            destination.WriteU8(1);
            value.Convert(bytes, ref position, destination);
        }
    }

    /// <summary>An option with another value in it.</summary>
    internal sealed class Within(ValueConversion value) : ValueConversion
    {
        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            byte tag = bytes[position++];
            destination.WriteU8(tag);
            if (tag != 0) value.Convert(bytes, ref position, destination);
        }
    }

    /// <summary>A list, or a map, whose order stays.</summary>
    internal sealed class Items(ValueConversion first, ValueConversion? second) : ValueConversion
    {
        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            uint count = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
            position += sizeof(uint);
            destination.WriteU32(count);
            for (uint i = 0; i < count; i++)
            {
                first.Convert(bytes, ref position, destination);
                second?.Convert(bytes, ref position, destination);
            }
        }
    }

    /// <summary>An enum, by the number of the variant.</summary>
    internal sealed class Variants : ValueConversion
    {
        internal ValueConversion?[] Payloads { get; set; } = [];

        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            byte variant = bytes[position++];
            destination.WriteU8(variant);
            Payloads[variant]?.Convert(bytes, ref position, destination);
        }
    }

    /// <summary>A struct: fields are found by their names; one that is new is an option, and none.</summary>
    internal sealed class Fields(StructType before) : ValueConversion
    {
        /// <summary>Of each field that is wanted, where it comes from, or -1, and how.</summary>
        internal (int Source, ValueConversion? How)[] Sources { get; set; } = [];

        internal override void Convert(ReadOnlySpan<byte> bytes, ref int position, IBufferWriter<byte> destination)
        {
            int start = position;
            position = CanonicalEncoding.Skip(before, bytes, position);
            foreach ((int source, ValueConversion? how) in Sources)
            {
                if (how is null)
                {
                    destination.WriteU8(0);
                    continue;
                }

                int field = before.Codec.Walk(bytes, 0, start, source);
                how.Convert(bytes, ref field, destination);
            }
        }
    }
}
