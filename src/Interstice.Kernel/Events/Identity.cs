using System.Security.Cryptography;
using System.Text;

namespace Interstice.Kernel.Events;

/// <summary>Who called: 32 bytes, SHA-256 of issuer, a zero byte and subject.</summary>
/// <remarks>Source: docs/semantics.md, Identity and visibility.</remarks>
public readonly record struct Identity
{
    /// <summary>Bytes of an identity.</summary>
    public const int Bytes = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private Identity(UInt128 high, UInt128 low) => (_high, _low) = (high, low);

    /// <summary>The identity of somebody whom an issuer vouches for.</summary>
    /// <param name="issuer">Who vouches, such as the URL of a token issuer; may not hold a zero character.</param>
    /// <param name="subject">The name that the issuer gives.</param>
    /// <exception cref="ArgumentException"><paramref name="issuer"/> holds a zero character.</exception>
    public static Identity Of(string issuer, string subject)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(subject);
        if (issuer.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("an issuer may not hold a zero character", nameof(issuer));
        return Read(SHA256.HashData(Encoding.UTF8.GetBytes(issuer + "\0" + subject)));
    }

    /// <summary>Reads an identity from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Bytes"/> bytes.</param>
    /// <exception cref="ArgumentException">Another number of bytes.</exception>
    public static Identity Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes)
            throw new ArgumentException($"an identity has {Bytes} bytes, not {bytes.Length}", nameof(bytes));
        return new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
    }

    /// <summary>Writes the identity.</summary>
    /// <param name="destination">Room for <see cref="Bytes"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => $"{_high:x32}{_low:x32}";
}
