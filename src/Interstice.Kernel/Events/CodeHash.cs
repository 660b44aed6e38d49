using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Interstice.Kernel.Events;

/// <summary>SHA-256 of a module binary.</summary>
public readonly record struct CodeHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private CodeHash(UInt128 high, UInt128 low) => (_high, _low) = (high, low);

    /// <summary>Hashes a binary.</summary>
    /// <param name="binary">All bytes of the module.</param>
    public static CodeHash Of(ReadOnlySpan<byte> binary)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(binary, hash);
        return Read(hash);
    }

    /// <summary>Reads a hash from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Bytes"/> bytes.</param>
    /// <exception cref="ArgumentException">Another number of bytes.</exception>
    public static CodeHash Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes)
            throw new ArgumentException($"a code hash has {Bytes} bytes, not {bytes.Length}", nameof(bytes));
        return new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
    }

    /// <summary>Writes the hash.</summary>
    /// <param name="destination">Room for <see cref="Bytes"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => $"{_high:x32}{_low:x32}";
}
