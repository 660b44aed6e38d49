using System.Collections.Immutable;

namespace Interstice.Wasm.Binary;

/// <summary>Reads types (core specification 5.3).</summary>
internal static class TypeReader
{
    public static ValueKind ReadValueKind(ByteReader reader)
    {
        int at = reader.Position;
        byte code = reader.ReadByte();
        return code is >= 0x7C and <= 0x7F or 0x70 or 0x6F
            ? (ValueKind)code
            : throw Proposals.UnknownType(at, code, "malformed value type");
    }

    public static ValueKind ReadReferenceKind(ByteReader reader)
    {
        int at = reader.Position;
        byte code = reader.ReadByte();
        return code is 0x70 or 0x6F
            ? (ValueKind)code
            : throw Proposals.UnknownType(at, code, "malformed reference type");
    }

    public static FunctionType ReadFunctionType(ByteReader reader, ModuleLimits limits)
    {
        int at = reader.Position;
        byte form = reader.ReadByte();
        if (form != 0x60) throw Proposals.UnknownTypeForm(at, form);
        return new FunctionType(
            ReadKinds(reader, "parameters of a type", limits.ParametersMax, nameof(limits.ParametersMax)),
            ReadKinds(reader, "results of a type", limits.ResultsMax, nameof(limits.ResultsMax)));
    }

    public static TableDeclaration ReadTable(ByteReader reader)
    {
        ValueKind kind = ReadReferenceKind(reader);
        (uint minimum, uint? maximum) = ReadLimits(reader, mayBeShared: false);
        return new TableDeclaration(kind, minimum, maximum);
    }

    public static MemoryDeclaration ReadMemory(ByteReader reader)
    {
        (uint minimum, uint? maximum) = ReadLimits(reader, mayBeShared: true);
        return new MemoryDeclaration(minimum, maximum);
    }

    public static GlobalDeclaration ReadGlobal(ByteReader reader)
    {
        ValueKind kind = ReadValueKind(reader);
        int at = reader.Position;
        byte mutability = reader.ReadByte();
        return mutability <= 1
            ? new GlobalDeclaration(kind, mutability == 1, Initializer: null)
            : throw WasmFormatException.Malformed(at, $"malformed mutability {mutability}");
    }

    private static ImmutableArray<ValueKind> ReadKinds(ByteReader reader, string what, int limit, string limitName)
    {
        int at = reader.Position;
        int count = reader.ReadCount();
        if (count > limit) throw WasmFormatException.OverLimit(at, what, (ulong)count, limit, limitName);
        var kinds = ImmutableArray.CreateBuilder<ValueKind>(count);
        for (int i = 0; i < count; i++) kinds.Add(ReadValueKind(reader));
        return kinds.MoveToImmutable();
    }

    private static (uint Minimum, uint? Maximum) ReadLimits(ByteReader reader, bool mayBeShared)
    {
        int at = reader.Position;
        byte flags = reader.ReadByte();
        if (flags > 1) throw Proposals.UnknownLimits(at, flags, mayBeShared);
        uint minimum = reader.ReadUInt32();
        return (minimum, flags == 1 ? reader.ReadUInt32() : null);
    }
}
