using System.Text;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Instrumentation;

/// <summary>Writes the primitive encodings of the binary format.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[256];

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Writes bytes as they are.</summary>
    public ByteSink Raw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length)
            Array.Resize(ref _bytes, Math.Max(checked(Length + bytes.Length), 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return this;
    }

    /// <summary>Writes one byte.</summary>
    public ByteSink Raw(byte value) => Raw([value]);

    /// <summary>Writes an opcode.</summary>
    public ByteSink Op(Opcode opcode) => (int)opcode < 0x100
        ? Raw((byte)opcode)
        : Raw(0xFC).Unsigned((uint)opcode & 0xFF);

    /// <summary>Writes an opcode and an index.</summary>
    public ByteSink Op(Opcode opcode, int index) => Op(opcode).Unsigned((uint)index);

    /// <summary>Writes <c>i32.const</c>.</summary>
    public ByteSink I32(int value) => Op(Opcode.I32Const).Signed(value);

    /// <summary>Writes <c>i64.const</c>.</summary>
    public ByteSink I64(long value) => Op(Opcode.I64Const).Signed(value);

    /// <summary>Writes a u32.</summary>
    public ByteSink Unsigned(uint value)
    {
        while (value >= 0x80)
        {
            Raw((byte)(value | 0x80));
            value >>= 7;
        }

        return Raw((byte)value);
    }

    /// <summary>Writes an s64, s33 or s32.</summary>
    public ByteSink Signed(long value)
    {
        while (value is < -64 or > 63)
        {
            Raw((byte)(value | 0x80));
            value >>= 7;
        }

        return Raw((byte)(value & 0x7F));
    }

    /// <summary>Writes a value type.</summary>
    public ByteSink Kind(ValueKind kind) => Raw((byte)kind);

    /// <summary>Writes a function type.</summary>
    public ByteSink Type(FunctionType type)
    {
        Raw(0x60).Unsigned((uint)type.Parameters.Length);
        foreach (ValueKind kind in type.Parameters) Kind(kind);
        Unsigned((uint)type.Results.Length);
        foreach (ValueKind kind in type.Results) Kind(kind);
        return this;
    }

    /// <summary>Writes a name.</summary>
    public ByteSink Name(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return Unsigned((uint)utf8.Length).Raw(utf8);
    }
}
