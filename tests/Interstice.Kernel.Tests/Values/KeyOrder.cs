using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

/// <summary>The order of keys as people understand it, worked out on decoded values and so without the encoding under
/// test.</summary>
internal static class KeyOrder
{
    internal static int Compare(DataType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        switch (type)
        {
            case AliasType alias: return Compare(alias.Target, left, right);
            case EnumType: return left[0].CompareTo(right[0]);
            case OptionType option:
                if (left[0] == 0 || right[0] == 0) return left[0].CompareTo(right[0]);
                return Compare(option.Value, left[1..], right[1..]);
        }

        ScalarKind kind = ((ScalarType)type).Kind;
        switch (kind)
        {
            case ScalarKind.F32:
                return CompareFloats(
                    BinaryPrimitives.ReadSingleLittleEndian(left), BinaryPrimitives.ReadSingleLittleEndian(right));
            case ScalarKind.F64:
                return CompareFloats(
                    BinaryPrimitives.ReadDoubleLittleEndian(left), BinaryPrimitives.ReadDoubleLittleEndian(right));
            case ScalarKind.String:
                return CompareLists(Runes(left), Runes(right));
            case ScalarKind.Bytes:
                return CompareLists(Content(left), Content(right));
            case ScalarKind.Uuid or ScalarKind.Identity:
                int length = type.FixedLength!.Value;
                return CompareLists([.. left[..length]], [.. right[..length]]);
            default:
                return Number(type, kind, left).CompareTo(Number(type, kind, right));
        }
    }

    internal static int CompareRows(
        RowCodec codec, IEnumerable<int> columns, byte[] left, byte[] right) =>
        columns.Select(column => Compare(codec.Fields[column].Type, codec.Field(left, column), codec.Field(right, column)))
            .FirstOrDefault(order => order != 0);

    private static int CompareFloats(double left, double right)
    {
        if (double.IsNaN(left) || double.IsNaN(right)) return double.IsNaN(left).CompareTo(double.IsNaN(right));
        return left < right ? -1 : left > right ? 1 : 0;
    }

    private static BigInteger Number(DataType type, ScalarKind kind, ReadOnlySpan<byte> value)
    {
        bool isSigned = kind is ScalarKind.I8 or ScalarKind.I16 or ScalarKind.I32 or ScalarKind.I64 or ScalarKind.I128
            or ScalarKind.Timestamp or ScalarKind.Duration;
        return new BigInteger(value[..type.FixedLength!.Value], isUnsigned: !isSigned, isBigEndian: false);
    }

    private static int[] Content(ReadOnlySpan<byte> value)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(value);
        var content = new int[length];
        for (int i = 0; i < length; i++) content[i] = value[4 + i];
        return content;
    }

    private static int[] Runes(ReadOnlySpan<byte> value)
    {
        string text = Encoding.UTF8.GetString(value.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(value)));
        return [.. text.EnumerateRunes().Select(rune => rune.Value)];
    }

    private static int CompareLists(int[] left, int[] right)
    {
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
            if (left[i] != right[i]) return left[i].CompareTo(right[i]);
        return left.Length.CompareTo(right.Length);
    }
}
