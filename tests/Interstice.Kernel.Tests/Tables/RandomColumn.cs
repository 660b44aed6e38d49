using System.Buffers.Binary;
using System.Text;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>A column of a random table and values for it, few enough that they meet again and again.</summary>
internal sealed record RandomColumn(string Type)
{
    private static readonly string[] Types =
        ["u64", "i64", "u32", "i32", "u8", "bool", "string", "bytes", "option<u64>", "uuid", "identity", "f64", "i128"];

    private static readonly string[] Texts =
        ["", "a", "a\0", "a\0b", "aa", "b", "the same beginning 1", "the same beginning 2", "\u00e9", new string('x', 300)];

    public required string Name { get; init; }

    public bool IsUnique { get; init; }

    public bool IsAutoInc { get; init; }

    public bool IsKeyType => Type != "f64";

    public bool IsCounterType => Type is "u64" or "i64" or "u32" or "i32";

    internal static RandomColumn Next(Random random, int number) =>
        new(Types[random.Next(Types.Length)]) { Name = $"c{number}" };

    internal void WriteValue(Random random, List<byte> row)
    {
        switch (Type)
        {
            case "u64" or "i64":
                row.AddRange(Number(random.Next(25) - (Type == "i64" ? 5 : 0)));
                break;
            case "u32" or "i32":
                row.AddRange(Number(random.Next(25) - (Type == "i32" ? 5 : 0)).AsSpan(0, 4));
                break;
            case "u8":
                row.Add((byte)random.Next(256));
                break;
            case "bool":
                row.Add((byte)random.Next(2));
                break;
            case "string" or "bytes":
                WriteText(random, row);
                break;
            case "option<u64>":
                row.Add((byte)random.Next(2));
                if (row[^1] == 1) row.AddRange(Number(random.Next(10)));
                break;
            case "f64":
                row.AddRange(Number(BitConverter.DoubleToInt64Bits(random.Next(-3, 4) / 2.0)));
                break;
            default:
                int length = Type == "identity" ? 32 : 16;
                byte[] bytes = new byte[length];
                bytes[random.Next(length)] = (byte)random.Next(4);
                row.AddRange(bytes);
                break;
        }
    }

    private void WriteText(Random random, List<byte> row)
    {
        byte[] text = random.Next(3000) == 0 && Type == "bytes"
            ? [.. Enumerable.Repeat((byte)random.Next(3), random.Next(30_000, 300_000))]
            : Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]);
        row.AddRange(Number(text.Length).AsSpan(0, 4));
        row.AddRange(text);
    }

    private static byte[] Number(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
