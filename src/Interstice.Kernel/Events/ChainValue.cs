using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Interstice.Kernel.Events;

/// <summary>A value of a stream's hash chain: SHA-256 over everything in the stream up to one point
/// (docs/formats/events.md, Hash chain).</summary>
public readonly record struct ChainValue
{
    /// <summary>Bytes of a value.</summary>
    public const int Bytes = 32;

    private const int Digits = 2 * Bytes;
    private const string StartPrefix = "interstice chain 1\n";

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private ChainValue(UInt128 high, UInt128 low) => (_high, _low) = (high, low);

    /// <summary>The value before the first event. It names the stream, so that no stream passes for another.</summary>
    /// <param name="stream">The stream.</param>
    public static ChainValue Start(StreamName stream) =>
        Read(SHA256.HashData(Encoding.UTF8.GetBytes(StartPrefix + stream.Value)));

    /// <summary>Reads a value from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Bytes"/> bytes.</param>
    /// <exception cref="ArgumentException">Another number of bytes.</exception>
    public static ChainValue Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes)
            throw new ArgumentException($"a chain value has {Bytes} bytes, not {bytes.Length}", nameof(bytes));
        return new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
    }

    /// <summary>Reads what <see cref="ToString"/> writes; capital digits too.</summary>
    /// <param name="text">64 hexadecimal digits.</param>
    /// <param name="value">The value.</param>
    /// <returns>False for any other text.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ChainValue value)
    {
        value = default;
        if (text?.Length != Digits) return false;
        const NumberStyles style = NumberStyles.AllowHexSpecifier;
        if (!UInt128.TryParse(text.AsSpan(0, Bytes), style, CultureInfo.InvariantCulture, out UInt128 high)) return false;
        if (!UInt128.TryParse(text.AsSpan(Bytes), style, CultureInfo.InvariantCulture, out UInt128 low)) return false;
        value = new(high, low);
        return true;
    }

    /// <summary>Writes the value.</summary>
    /// <param name="destination">Room for <see cref="Bytes"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => $"{_high:x32}{_low:x32}";
}
