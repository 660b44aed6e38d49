using System.Text;

namespace Interstice.TestKit.Engines;

/// <summary>Makes modules that take a compiler long, or hold functions that it gives up optimising.</summary>
public static class LargeModule
{
    private const byte I32 = 0x7F;

    // local.get 0, i32.const 5, i32.xor, i32.const 7, i32.add, local.set 0
    private static readonly byte[] Step = [0x20, 0, 0x41, 5, 0x73, 0x41, 7, 0x6A, 0x21, 0];

    /// <summary>A module <c>large</c> with a reducer <c>run</c> that does nothing and functions <c>work0</c>, <c>work1</c>, ...
    /// of the same length.</summary>
    /// <param name="functions">How many functions.</param>
    /// <param name="steps">Steps of each, five instructions and ten bytes.</param>
    public static byte[] Make(int functions, int steps)
    {
        List<(string Name, byte[] Code)> bodies =
        [
            ("interstice_alloc", [0x41, 0xC0, 0, 0x0B]),
            ("reducer:run", [0x41, 0, 0x0B]),
        ];
        byte[] work = [.. Enumerable.Repeat(Step, steps).SelectMany(step => step), 0x20, 0, 0x0B];
        for (int i = 0; i < functions; i++) bodies.Add(($"work{i}", work));

        byte[] takesOne = [0x60, 1, I32, 1, I32], takesTwo = [0x60, 2, I32, I32, 1, I32];
        byte[] memory = [.. Name("memory"), 2, 0];
        return
        [
            0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
            .. Section(1, [2, .. takesOne, .. takesTwo]),
            .. Section(3, Vector(bodies.Select((_, i) => (byte[])[(byte)(i == 1 ? 1 : 0)]))),
            .. Section(5, [1, 0, 1]),
            .. Section(7, Vector([memory, .. bodies.Select((body, i) => (byte[])[.. Name(body.Name), 0, .. Leb(i)])])),
            .. Section(10, Vector(bodies.Select(body => (byte[])[.. Leb(body.Code.Length + 1), 0, .. body.Code]))),
            .. Section(0, [.. Name("interstice.schema"), .. Schema]),
        ];
    }

    private static byte[] Schema => Encoding.UTF8.GetBytes(
        """
        {"module":{"name":"large","version":"1.0.0","abi":1}}
        {"reducer":{"name":"run"}}

        """);

    private static byte[] Section(byte id, byte[] content) => [id, .. Leb(content.Length), .. content];

    private static byte[] Vector(IEnumerable<byte[]> items)
    {
        byte[][] all = [.. items];
        return [.. Leb(all.Length), .. all.SelectMany(item => item)];
    }

    private static byte[] Name(string text) => [.. Leb(text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Leb(int value)
    {
        List<byte> bytes = [];
        for (uint left = (uint)value; ; left >>= 7)
        {
            if (left < 0x80)
            {
                bytes.Add((byte)left);
                return [.. bytes];
            }

            bytes.Add((byte)(left | 0x80));
        }
    }
}
