using System.Buffers.Binary;
using System.Text.Unicode;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Checks that bytes are the canonical encoding of a value (docs/formats/values.md).</summary>
/// <remarks>Each method returns the offset behind the value, or -1 with the fault filled. Nothing is allocated unless
/// something is wrong. Depth is checked before descending, lengths before use, so hostile bytes cost no more than
/// their own length.</remarks>
internal static class ValueValidator
{
    internal const uint CanonicalNaN32 = 0x7FC0_0000;
    internal const ulong CanonicalNaN64 = 0x7FF8_0000_0000_0000;

    internal static int Validate(DataType type, ReadOnlySpan<byte> bytes, int start, int depth, ref ValueFault fault)
    {
        type = type.Resolved;
        if (type.Shape == TypeShape.Scalar) return ValidateScalar((ScalarType)type, bytes, start, ref fault);
        if (depth >= ValueLimits.DepthMax) return TooDeep(type, start, ref fault);
        return type.Shape switch
        {
            TypeShape.Struct => ((StructType)type).Codec.Validate(bytes, start, depth + 1, ref fault),
            TypeShape.Option => ValidateOption((OptionType)type, bytes, start, depth + 1, ref fault),
            TypeShape.Enum => ValidateEnum((EnumType)type, bytes, start, depth + 1, ref fault),
            TypeShape.List => ValidateList((ListType)type, bytes, start, depth + 1, ref fault),
            _ => ValidateMap((MapType)type, bytes, start, depth + 1, ref fault),
        };
    }

    internal static int ValidateScalar(ScalarType type, ReadOnlySpan<byte> bytes, int start, ref ValueFault fault)
    {
        ReadOnlySpan<byte> rest = bytes[start..];
        int length = type.FixedLengthOrMinusOne;
        if (length < 0) return ValidateText(type, rest, start, ref fault);
        if (rest.Length < length) return Truncated(type, rest.Length, start, ref fault);
        switch (type.Kind)
        {
            case ScalarKind.Bool when rest[0] > 1:
                return fault.Set(ValueErrorKind.InvalidBool, start, $"expected bool (0 or 1), found {rest[0]}");
            case ScalarKind.F32 when !IsCanonical32(BinaryPrimitives.ReadUInt32LittleEndian(rest)):
                return NotCanonical(type, BinaryPrimitives.ReadUInt32LittleEndian(rest), start, ref fault);
            case ScalarKind.F64 when !IsCanonical64(BinaryPrimitives.ReadUInt64LittleEndian(rest)):
                return NotCanonical(type, BinaryPrimitives.ReadUInt64LittleEndian(rest), start, ref fault);
            default: return start + length;
        }
    }

    internal static bool IsCanonical32(uint bits) => (bits & 0x7FFF_FFFF) <= 0x7F80_0000 || bits == CanonicalNaN32;

    internal static bool IsCanonical64(ulong bits) =>
        (bits & 0x7FFF_FFFF_FFFF_FFFF) <= 0x7FF0_0000_0000_0000 || bits == CanonicalNaN64;

    private static int ValidateText(ScalarType type, ReadOnlySpan<byte> rest, int start, ref ValueFault fault)
    {
        if (rest.Length < sizeof(uint)) return Truncated(type, rest.Length, start, ref fault);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (length > (uint)(rest.Length - sizeof(uint)))
        {
            return fault.Set(ValueErrorKind.Truncated, start,
                $"expected {type}, found a length of {length} with {rest.Length - sizeof(uint)} bytes left");
        }

        if (type.Kind == ScalarKind.String && !Utf8.IsValid(rest.Slice(sizeof(uint), (int)length)))
            return fault.Set(ValueErrorKind.InvalidUtf8, start, "expected string, found bytes that are not UTF-8");
        return start + sizeof(uint) + (int)length;
    }

    private static int ValidateOption(
        OptionType type, ReadOnlySpan<byte> bytes, int start, int depth, ref ValueFault fault)
    {
        if (start >= bytes.Length) return Truncated(type, 0, start, ref fault);
        byte tag = bytes[start];
        if (tag == 0) return start + 1;
        if (tag == 1) return Validate(type.Value, bytes, start + 1, depth, ref fault);
        return fault.Set(ValueErrorKind.InvalidOption, start, $"expected {type} (tag 0 or 1), found tag {tag}");
    }

    private static int ValidateEnum(EnumType type, ReadOnlySpan<byte> bytes, int start, int depth, ref ValueFault fault)
    {
        if (start >= bytes.Length) return Truncated(type, 0, start, ref fault);
        int number = bytes[start];
        if (number >= type.Variants.Length)
        {
            return fault.Set(ValueErrorKind.InvalidVariant, start,
                $"expected {type} (variant 0 to {type.Variants.Length - 1}), found variant {number}");
        }

        VariantSchema variant = type.Variants[number];
        if (variant.Payload is null) return start + 1;
        int end = Validate(variant.Payload, bytes, start + 1, depth, ref fault);
        return end < 0 ? fault.Within($".{variant.Name}") : end;
    }

    private static int ValidateList(ListType type, ReadOnlySpan<byte> bytes, int start, int depth, ref ValueFault fault)
    {
        int position = ReadCount(type, type.Item.MinLength, bytes, start, out int count, ref fault);
        if (position < 0 || count == 0) return position;
        DataType item = type.Item;
        if (item.IsPlain)
        {
            if (depth + item.PlainHeight > ValueLimits.DepthMax) return TooDeep(item, position, ref fault);
            return position + (count * item.FixedLengthOrMinusOne);
        }

        for (int i = 0; i < count; i++)
        {
            position = Validate(item, bytes, position, depth, ref fault);
            if (position < 0) return fault.Within($"[{i}]");
        }

        return position;
    }

    private static int ValidateMap(MapType type, ReadOnlySpan<byte> bytes, int start, int depth, ref ValueFault fault)
    {
        int entryMin = type.Key.MinLength + type.Value.MinLength;
        int position = ReadCount(type, entryMin, bytes, start, out int count, ref fault);
        int previous = -1;
        for (int i = 0; i < count && position >= 0; i++)
        {
            int key = position;
            position = Validate(type.Key, bytes, key, depth, ref fault);
            if (position < 0) return fault.Within($"[{i}].key");
            if (previous >= 0)
            {
                int order = KeyEncoding.Compare(type.Key, bytes[previous..], bytes[key..]);
                if (order == 0)
                {
                    return fault.Set(
                        ValueErrorKind.DuplicateMapKey, key, $"entry {i} of {type} has the key of entry {i - 1}");
                }

                if (order > 0)
                {
                    return fault.Set(
                        ValueErrorKind.MapOrder, key, $"entry {i} of {type} has a smaller key than entry {i - 1}");
                }
            }

            previous = key;
            position = Validate(type.Value, bytes, position, depth, ref fault);
            if (position < 0) return fault.Within($"[{i}].value");
        }

        return position;
    }

    private static int ReadCount(
        DataType type, int itemLengthMin, ReadOnlySpan<byte> bytes, int start, out int count, ref ValueFault fault)
    {
        count = 0;
        int left = bytes.Length - start - sizeof(uint);
        if (left < 0) return Truncated(type, bytes.Length - start, start, ref fault);
        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(bytes[start..]);
        if ((ulong)declared * (uint)itemLengthMin > (ulong)left)
        {
            return fault.Set(ValueErrorKind.Truncated, start,
                $"expected {type}, found a count of {declared} with {left} bytes left");
        }

        count = (int)declared;
        return start + sizeof(uint);
    }

    private static int Truncated(DataType type, int left, int start, ref ValueFault fault) => fault.Set(
        ValueErrorKind.Truncated, start, $"expected {type} (at least {type.MinLength} bytes), found {left} bytes");

    private static int NotCanonical(ScalarType type, ulong bits, int start, ref ValueFault fault)
    {
        string canonical = type.Kind == ScalarKind.F32 ? $"{CanonicalNaN32:x8}" : $"{CanonicalNaN64:x16}";
        string found = type.Kind == ScalarKind.F32 ? $"{bits:x8}" : $"{bits:x16}";
        return fault.Set(ValueErrorKind.NonCanonicalNaN, start,
            $"expected {type}, found a NaN with bits {found}; the one NaN allowed has {canonical}");
    }

    private static int TooDeep(DataType type, int start, ref ValueFault fault) => fault.Set(
        ValueErrorKind.TooDeep, start, $"{type} stands deeper than {ValueLimits.DepthMax} levels");
}
