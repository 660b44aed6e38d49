using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Interstice.Wasm.Binary;

/// <summary>Reads the primitive encodings of the binary format (core specification 5.2) from a range of a
/// binary.</summary>
/// <remarks>Never reads outside its range. Integers are strict LEB128: neither longer than their type needs nor with
/// bits that it does not have.</remarks>
internal sealed class ByteReader
{
    private readonly byte[] _bytes;
    private int _position;

    /// <summary>A reader of <paramref name="length"/> bytes from <paramref name="offset"/>.</summary>
    public ByteReader(byte[] bytes, int offset, int length)
    {
        _bytes = bytes;
        Restart(offset, length);
    }

    /// <summary>Offset in the binary of the next byte.</summary>
    public int Position => _position;

    /// <summary>Offset in the binary after the last byte of the range.</summary>
    public int End { get; private set; }

    /// <summary>Number of bytes left.</summary>
    public int Remaining => End - _position;

    /// <summary>Goes on with another range of the same binary.</summary>
    public void Restart(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _bytes.Length - offset);
        _position = offset;
        End = offset + length;
    }

    /// <summary>The next byte.</summary>
    public byte ReadByte() => _position < End ? _bytes[_position++] : throw UnexpectedEnd();

    /// <summary>The next byte, left where it is.</summary>
    public byte PeekByte() => _position < End ? _bytes[_position] : throw UnexpectedEnd();

    /// <summary>Passes over <paramref name="count"/> bytes.</summary>
    public void Skip(int count) =>
        _position = (uint)count <= (uint)Remaining ? _position + count : throw UnexpectedEnd();

    /// <summary>A u32.</summary>
    public uint ReadUInt32()
    {
        if (_position < End && _bytes[_position] < 0x80) return _bytes[_position++];
        return (uint)ReadUnsigned(32);
    }

    /// <summary>An s32.</summary>
    public int ReadInt32() => (int)ReadSigned(32);

    /// <summary>An s33, as block types are written.</summary>
    public long ReadInt33() => ReadSigned(33);

    /// <summary>An s64.</summary>
    public long ReadInt64() => ReadSigned(64);

    /// <summary>The bits of an f32.</summary>
    public uint ReadFloat32Bits()
    {
        int at = _position;
        Skip(4);
        return BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));
    }

    /// <summary>The bits of an f64.</summary>
    public ulong ReadFloat64Bits()
    {
        int at = _position;
        Skip(8);
        return BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));
    }

    /// <summary>A u32 that counts bytes or items of at least one byte each. Checked against the bytes that are left
    /// where it stands, as the specification's decoder does: it may still be too large by its own length.</summary>
    public int ReadCount()
    {
        int at = _position;
        uint count = ReadUInt32();
        return count <= (uint)(End - at)
            ? (int)count
            : throw WasmFormatException.Malformed(
                at,
                $"length out of bounds: {count} announced, {Remaining} bytes left");
    }

    /// <summary>A count of bytes and that many bytes of UTF-8.</summary>
    public string ReadName(ModuleLimits limits)
    {
        int at = _position;
        int length = ReadCount();
        if (length > limits.NameBytesMax)
        {
            throw WasmFormatException.OverLimit(
                at, "bytes of a name", (ulong)length, limits.NameBytesMax, nameof(limits.NameBytesMax));
        }

        if (length > Remaining) throw UnexpectedEnd();
        ReadOnlySpan<byte> utf8 = _bytes.AsSpan(_position, length);
        if (!Utf8.IsValid(utf8)) throw WasmFormatException.Malformed(at, "malformed UTF-8 encoding of a name");
        _position += length;
        return Encoding.UTF8.GetString(utf8);
    }

    private ulong ReadUnsigned(int bits)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            int bitsLeft = bits - shift;
            if (bitsLeft <= 0) throw WasmFormatException.Malformed(_position, "integer representation too long");
            int at = _position;
            byte next = ReadByte();
            if (bitsLeft < 7 && (next & 0x7F) >> bitsLeft != 0)
                throw WasmFormatException.Malformed(at, "integer too large");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    private long ReadSigned(int bits)
    {
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            int bitsLeft = bits - shift;
            if (bitsLeft <= 0) throw WasmFormatException.Malformed(_position, "integer representation too long");
            int at = _position;
            byte next = ReadByte();
            if (bitsLeft < 7 && !IsSignExtended(next, bitsLeft))
                throw WasmFormatException.Malformed(at, "integer too large");
            value |= (long)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            int unused = 64 - shift - 7;
            return unused > 0 ? value << unused >> unused : value;
        }
    }

    /// <summary>Whether the bits from the sign bit of the value up are all equal in the last byte of an
    /// integer.</summary>
    private static bool IsSignExtended(byte last, int bitsLeft)
    {
        int mask = (-1 << (bitsLeft - 1)) & 0x7F;
        return (last & mask) == 0 || (last & mask) == mask;
    }

    /// <summary>What to throw when the range ends too early.</summary>
    public WasmFormatException UnexpectedEnd() =>
        WasmFormatException.Malformed(End, "unexpected end of section or function");
}
