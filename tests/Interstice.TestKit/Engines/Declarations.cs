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
