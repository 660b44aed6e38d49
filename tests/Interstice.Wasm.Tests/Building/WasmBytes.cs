using System.Text;

namespace Interstice.Wasm.Tests.Building;

/// <summary>The encodings that binaries are made of.</summary>
internal static class WasmBytes
{
    /// <summary>Magic and version.</summary>
    public static byte[] Header => [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00];

    /// <summary>A binary of these sections, in this order whether it is right or not.</summary>
    public static byte[] Module(params byte[][] sections) => Join([Header, .. sections]);

    /// <summary>A section of any content.</summary>
    public static byte[] Section(byte id, params byte[] content) =>
        [id, .. Unsigned((ulong)content.Length), .. content];

    /// <summary>A count and the items.</summary>
    public static byte[] Vector(params IReadOnlyCollection<byte[]> items) =>
        Join([Unsigned((ulong)items.Count), .. items]);

    /// <summary>A count and UTF-8.</summary>
    public static byte[] Name(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return [.. Unsigned((ulong)utf8.Length), .. utf8];
    }

    /// <summary>The shortest LEB128.</summary>
    public static byte[] Unsigned(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>The shortest signed LEB128.</summary>
    public static byte[] Signed(long value)
    {
        var bytes = new List<byte>();
        for (; value is < -64 or > 63; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)(value & 0x7F));
        return [.. bytes];
    }

    /// <summary>Parts one after the other.</summary>
    public static byte[] Join(params IEnumerable<byte[]> parts) => [.. parts.SelectMany(part => part)];
}
