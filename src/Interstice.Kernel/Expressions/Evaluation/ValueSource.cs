using System.Buffers;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>Computes a value for a row and writes it in the canonical encoding.</summary>
internal abstract class ValueSource
{
    /// <summary>Writes the value, unless there is none or it does not fit its type.</summary>
    internal abstract ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination);

    /// <summary>A column, or a field within one, whatever its type.</summary>
    internal sealed class Field(FieldPath path, DataType type, ValueConversion conversion) : ValueSource
    {
        internal override ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
        {
            int start = path.Locate(row);
            if (start < 0) return ValueEnd.Null;
            int end = CanonicalEncoding.Skip(type, row, start);
            conversion.Convert(row[start..end], destination);
            return ValueEnd.Written;
        }
    }

    /// <summary>An integer, a time in microseconds or the number of a variant.</summary>
    internal sealed class Integer(Term<WideInteger> term, ScalarType type) : ValueSource
    {
        private readonly int _length = type.FixedLength!.Value;
        private readonly bool _isSigned = type.Kind is (>= ScalarKind.I8 and <= ScalarKind.I128) or ScalarKind.Timestamp or ScalarKind.Duration;

        internal override ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
        {
            if (!term.TryEvaluate(row, out WideInteger value)) return ValueEnd.Null;
            int bits = (_length * 8) - (_isSigned ? 1 : 0);
            UInt128 most = bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
            if (value.IsNegative ? !_isSigned || value.Magnitude > most + 1 : value.Magnitude > most) return ValueEnd.OutOfRange;
            Span<byte> encoded = stackalloc byte[16];
            UInt128 pattern = value.IsNegative ? UInt128.Zero - value.Magnitude : value.Magnitude;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(encoded, pattern);
            destination.Write(encoded[.._length]);
            return ValueEnd.Written;
        }
    }

    /// <summary>A float.</summary>
    internal sealed class Float(Term<double> term, bool isSingle) : ValueSource
    {
        internal override ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
        {
            if (!term.TryEvaluate(row, out double value)) return ValueEnd.Null;
            if (!isSingle)
            {
                destination.WriteF64(value);
                return ValueEnd.Written;
            }

            if (double.IsFinite(value) && !float.IsFinite((float)value)) return ValueEnd.OutOfRange;
            destination.WriteF32((float)value);
            return ValueEnd.Written;
        }
    }

    /// <summary>A bool.</summary>
    internal sealed class Bool(Term<bool> term) : ValueSource
    {
        internal override ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
        {
            if (!term.TryEvaluate(row, out bool value)) return ValueEnd.Null;
            destination.WriteBool(value);
            return ValueEnd.Written;
        }
    }

    /// <summary>A string or bytes with their length, a uuid or an identity without.</summary>
    internal sealed class Bytes(Term<ReadOnlySpan<byte>> term, bool hasLength) : ValueSource
    {
        internal override ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
        {
            if (!term.TryEvaluate(row, out ReadOnlySpan<byte> value)) return ValueEnd.Null;
            if (hasLength) destination.WriteBytes(value);
            else destination.Write(value);
            return ValueEnd.Written;
        }
    }
}
