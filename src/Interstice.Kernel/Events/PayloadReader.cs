using System.Buffers.Binary;
using System.Text;

namespace Interstice.Kernel.Events;

/// <summary>Reads what <see cref="PayloadWriter"/> wrote. Every read checks the length first.</summary>
/// <param name="bytes">The payload; borrowed.</param>
public ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Offset of the next byte.</summary>
    public int Offset { get; private set; }

    /// <summary>Whether all bytes were read.</summary>
    public readonly bool IsAtEnd => Offset == _bytes.Length;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Four bytes, little-endian.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Four bytes, little-endian.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Eight bytes, little-endian.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Eight bytes, little-endian.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Sixteen bytes, little-endian.</summary>
    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    /// <summary>A length as u32 and that many bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        uint length = UInt32();
        if (length > (uint)(_bytes.Length - Offset))
            throw new EventFormatException($"{length} bytes announced, {_bytes.Length - Offset} left", Offset);
        return Take((int)length);
    }

    /// <summary>A length as u32 and that many bytes of UTF-8.</summary>
    public string String()
    {
        int offset = Offset;
        try
        {
            return StrictUtf8.GetString(Bytes());
        }
        catch (DecoderFallbackException fault)
        {
            throw new EventFormatException("text is not UTF-8", offset, fault);
        }
    }

    /// <summary>The 32 bytes of an identity.</summary>
    public Identity Identity() => Events.Identity.Read(Take(Events.Identity.Bytes));

    /// <summary>The 32 bytes of a code hash.</summary>
    public CodeHash CodeHash() => Events.CodeHash.Read(Take(Events.CodeHash.Bytes));

    /// <summary>The 32 bytes of a chain value.</summary>
    public ChainValue ChainValue() => Events.ChainValue.Read(Take(Events.ChainValue.Bytes));

    /// <summary>The 16 bytes of a GUID.</summary>
    public Guid Guid() => new(Take(16), bigEndian: true);

    /// <summary>Checks that nothing is left.</summary>
    public readonly void ExpectEnd()
    {
        if (!IsAtEnd) throw new EventFormatException($"{_bytes.Length - Offset} bytes too many", Offset);
    }

    /// <summary>Reads the version byte that begins every payload.</summary>
    /// <param name="known">The newest version that this program writes.</param>
    public byte Version(byte known)
    {
        byte version = Byte();
        if (version == 0 || version > known)
            throw new EventFormatException($"format version {version}; this program reads 1 to {known}", Offset - 1);
        return version;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_bytes.Length - Offset < count)
            throw new EventFormatException($"{count} bytes wanted, {_bytes.Length - Offset} left", Offset);
        ReadOnlySpan<byte> taken = _bytes.Slice(Offset, count);
        Offset += count;
        return taken;
    }
}
