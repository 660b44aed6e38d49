using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Building;

/// <summary>The instructions of a function, written one after the other; the last <c>end</c> is added by the
/// module.</summary>
public sealed class Code
{
    private readonly ByteWriter _bytes = new();

    /// <summary>A block type without parameters and results.</summary>
    public const int NoType = -0x40;

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>Bytes so far: where the next instruction begins.</summary>
    public int Position => _bytes.Count;

    public Code Op(params ReadOnlySpan<Opcode> opcodes)
    {
        foreach (Opcode opcode in opcodes) Write(opcode);
        return this;
    }

    /// <summary>An instruction with indices.</summary>
    public Code Op(Opcode opcode, params ReadOnlySpan<uint> indices)
    {
        Write(opcode);
        foreach (uint index in indices) _bytes.Unsigned(index);
        return this;
    }

    public Code I32(int value)
    {
        Write(Opcode.I32Const);
        _bytes.Signed(value);
        return this;
    }

    public Code I64(long value)
    {
        Write(Opcode.I64Const);
        _bytes.Signed(value);
        return this;
    }

    public Code F32(uint bits)
    {
        Write(Opcode.F32Const);
        _bytes.Bytes(BitConverter.GetBytes(bits));
        return this;
    }

    public Code F64(ulong bits)
    {
        Write(Opcode.F64Const);
        _bytes.Bytes(BitConverter.GetBytes(bits));
        return this;
    }

    public Code Get(uint local) => Op(Opcode.LocalGet, local);

    public Code Set(uint local) => Op(Opcode.LocalSet, local);

    public Code Tee(uint local) => Op(Opcode.LocalTee, local);

    public Code Call(int function) => Op(Opcode.Call, (uint)function);

    public Code CallIndirect(int type, uint table = 0) => Op(Opcode.CallIndirect, (uint)type, table);

    /// <summary>A load or store without alignment.</summary>
    public Code Access(Opcode opcode, uint offset = 0) => Op(opcode, 0, offset);

    /// <summary>A block, loop or if, of one result, none (<see cref="NoType"/>) or a type index.</summary>
    public Code Open(Opcode opcode, int type = NoType)
    {
        Write(opcode);
        _bytes.Signed(type);
        return this;
    }

    public Code Open(Opcode opcode, ValueKind result) => Open(opcode, (int)result - 0x80);

    /// <summary>The instructions of another piece of code.</summary>
    public Code Append(Code other)
    {
        _bytes.Bytes(other.ToArray());
        return this;
    }

    public Code End() => Op([Opcode.End]);

    private void Write(Opcode opcode)
    {
        if ((int)opcode > 0xFF) _bytes.Byte(0xFC).Unsigned((uint)opcode & 0xFF);
        else _bytes.Byte((int)opcode);
    }
}
