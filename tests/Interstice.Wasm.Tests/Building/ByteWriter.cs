using System.Text;

namespace Interstice.Wasm.Tests.Building;

/// <summary>Writes the primitive encodings of the binary format.</summary>
public sealed class ByteWriter
{
    private readonly List<byte> _bytes = [];

    public int Count => _bytes.Count;

    public ByteWriter Byte(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public ByteWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public ByteWriter Unsigned(uint value)
    {
        for (; value >= 0x80; value >>= 7) Byte((int)(value & 0x7F) | 0x80);
        return Byte((int)value);
    }

    public ByteWriter Signed(long value)
    {
        while (true)
        {
            int low = (int)(value & 0x7F);
            value >>= 7;
            bool isLast = (value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0);
            Byte(isLast ? low : low | 0x80);
            if (isLast) return this;
        }
    }

    public ByteWriter Name(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return Unsigned((uint)utf8.Length).Bytes(utf8);
    }

    /// <summary>A length and the content.</summary>
    public ByteWriter Sized(ByteWriter content) => Unsigned((uint)content.Count).Bytes(content.ToArray());

    /// <summary>A count and the items.</summary>
    public ByteWriter List<T>(IReadOnlyCollection<T> items, Action<ByteWriter, T> write)
    {
        Unsigned((uint)items.Count);
        foreach (T item in items) write(this, item);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];
}
