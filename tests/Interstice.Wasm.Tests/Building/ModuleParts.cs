using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Building;

/// <summary>A valid binary taken apart: its sections, and the code section down to single instructions.</summary>
internal sealed class ModuleParts
{
    private const byte CodeSection = 10;

    /// <summary>Sections in order, ids with contents. The code section's content stands in <see cref="Bodies"/>.</summary>
    public List<(byte Id, List<byte> Content)> Sections { get; } = [];

    /// <summary>Function bodies: the encoded declarations of locals, and the instructions.</summary>
    public List<(byte[] Locals, List<byte[]> Instructions)> Bodies { get; } = [];

    /// <summary>Takes a valid binary apart.</summary>
    public static ModuleParts Of(WasmModule module)
    {
        var parts = new ModuleParts();
        byte[] binary = module.Bytes.ToArray();
        for (int at = 8; at < binary.Length;)
        {
            byte id = binary[at++];
            int length = (int)ReadUnsigned(binary, ref at);
            parts.Sections.Add((id, [.. binary.AsSpan(at, length)]));
            if (id == CodeSection) parts.ReadBodies(module, binary, at);
            at += length;
        }

        return parts;
    }

    /// <summary>Puts the binary together again, with the lengths that fit.</summary>
    public byte[] ToBinary()
    {
        List<byte[]> sections = [];
        foreach ((byte id, List<byte> content) in Sections)
            sections.Add(WasmBytes.Section(id, id == CodeSection && Bodies.Count > 0 ? CodeContent() : [.. content]));
        return WasmBytes.Module([.. sections]);
    }

    /// <summary>Reads an unsigned LEB128.</summary>
    public static uint ReadUnsigned(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = bytes[at++];
            value |= (uint)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }

    private void ReadBodies(WasmModule module, byte[] binary, int at)
    {
        ReadUnsigned(binary, ref at);
        foreach (FunctionDeclaration function in module.Functions)
        {
            if (function.Body is not { } body) continue;
            ReadUnsigned(binary, ref at);
            var reader = new CodeReader(module, body);
            List<byte[]> instructions = [];
            while (reader.Read()) instructions.Add(binary[reader.Offset..reader.Position]);
            Bodies.Add((binary[at..body.CodeOffset], instructions));
            at = body.CodeOffset + body.CodeLength;
        }
    }

    private byte[] CodeContent() => WasmBytes.Vector([.. Bodies.Select(Body)]);

    private static byte[] Body((byte[] Locals, List<byte[]> Instructions) body)
    {
        byte[] content = [.. body.Locals, .. WasmBytes.Join(body.Instructions)];
        return [.. WasmBytes.Unsigned((ulong)content.Length), .. content];
    }
}
