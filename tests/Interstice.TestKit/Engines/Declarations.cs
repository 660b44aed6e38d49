using System.Text;

namespace Interstice.TestKit.Engines;

/// <summary>Declarations for modules that are made up by a test.</summary>
public static class Declarations
{
    private const string Section = "interstice.schema";

    /// <summary>A binary with further declarations, one JSON object each, in a schema section behind its own.</summary>
    public static byte[] Append(byte[] binary, params IEnumerable<string> declarations)
    {
        byte[] content = Encoding.UTF8.GetBytes(string.Concat(declarations.Select(line => line + "\n")));
        byte[] name = Encoding.UTF8.GetBytes(Section);
        byte[] nameLength = Leb(name.Length);
        byte[] size = Leb(nameLength.Length + name.Length + content.Length);
        return [.. binary, 0, .. size, .. nameLength, .. name, .. content];
    }

    /// <summary>A binary with these declarations, one JSON object each, in place of its own.</summary>
    public static byte[] Replace(byte[] binary, params IEnumerable<string> declarations) => Append(Without(binary), declarations);

    // A binary is its header and sections, each an id, a length and content; declarations stand in a custom one (id 0).
    private static byte[] Without(byte[] binary)
    {
        const int headerBytes = 8;
        List<byte> built = [.. binary.AsSpan(0, headerBytes)];
        for (int position = headerBytes; position < binary.Length;)
        {
            int start = position++;
            int length = ReadLength(binary, ref position);
            int end = position + length;
            if (binary[start] != 0 || NameAt(binary, position) != Section) built.AddRange(binary.AsSpan(start, end - start));
            position = end;
        }

        return [.. built];
    }

    private static string NameAt(byte[] binary, int position)
    {
        int length = ReadLength(binary, ref position);
        return Encoding.UTF8.GetString(binary, position, length);
    }

    private static int ReadLength(byte[] binary, ref int position)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = binary[position++];
            value |= (part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }

    private static byte[] Leb(int value)
    {
        List<byte> bytes = [];
        do
        {
            bytes.Add((byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0)));
            value >>>= 7;
        }
        while (value > 0);
        return [.. bytes];
    }
}
