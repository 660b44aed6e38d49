using System.Buffers;
using System.Text;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

/// <summary>Random types and random values of them, in the canonical encoding, with a taste for borders.</summary>
internal sealed class RandomValues(Random random)
{
    /// <summary>Declarations of a module and the types that random types refer to, line by line.</summary>
    internal const string Declarations = """
        {"module":{"name":"types","version":"1.0.0","abi":1}}
        {"type":{"name":"Point","struct":[{"name":"x","type":"i32"},{"name":"y","type":"i32"}]}}
        {"type":{"name":"Line","struct":[{"name":"a","type":"Point"},{"name":"b","type":"Point"},{"name":"name","type":"string"}]}}
        {"type":{"name":"Node","struct":[{"name":"value","type":"u8"},{"name":"children","type":"list<Node>"},{"name":"next","type":"option<Node>"}]}}
        {"type":{"name":"Shape","enum":[{"name":"none"},{"name":"Circle","type":"f64"},{"name":"Poly","type":"list<Point>"},{"name":"Group","type":"map<string,Shape>"}]}}
        {"type":{"name":"Color","enum":[{"name":"red"},{"name":"green"},{"name":"blue"}]}}
        {"type":{"name":"Amount","alias":"u64"}}
        {"type":{"name":"Tags","alias":"list<string>"}}
        """;

    private static readonly ModuleSchema Declared = ModuleSchema.Parse(Encoding.UTF8.GetBytes(Declarations));

    private static readonly string[] Texts =
        ["", "a", "ab", "b", "a\0b", "\0", "\0\0", "ÿ", "é", "日本語", "😀", "\uFFFF", "\uE000", "~", "\"\\\n\u2028"];

    internal static DataType Named(string name) => Declared.FindType(name)!;

    internal DataType Type(int depth = 3) => depth == 0 ? Scalar() : random.Next(12) switch
    {
        0 => new OptionType(Type(depth - 1)),
        1 => new ListType(Type(depth - 1)),
        2 => new MapType(KeyType(), Type(depth - 1)),
        3 or 4 => Declared.Types[random.Next(Declared.Types.Length)],
        _ => Scalar(),
    };

    internal DataType KeyType(bool floats = false)
    {
        switch (random.Next(8))
        {
            case 0: return new OptionType(KeyType(floats));
            case 1: return Named("Color");
            case 2: return Named("Amount");
        }

        while (true)
        {
            DataType type = Scalar();
            if (floats ? type.IsIndexable : type.IsKey) return type;
        }
    }

    internal byte[] Value(DataType type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(type, buffer, 0);
        return buffer.WrittenSpan.ToArray();
    }

    private ScalarType Scalar() => ScalarType.Of((ScalarKind)random.Next((int)ScalarKind.Identity + 1));

    private void Write(DataType type, IBufferWriter<byte> writer, int depth)
    {
        switch (type)
        {
            case AliasType alias: Write(alias.Target, writer, depth); break;
            case ScalarType scalar: WriteScalar(scalar, writer); break;
            case StructType fields:
                foreach (FieldSchema field in fields.Fields) Write(field.Type, writer, depth + 1);
                break;
            case OptionType option:
                bool hasValue = depth < 8 && random.Next(2) == 0;
                writer.WriteBool(hasValue);
                if (hasValue) Write(option.Value, writer, depth + 1);
                break;
            case EnumType variants:
                int number = depth < 8 ? random.Next(variants.Variants.Length) : 0;
                writer.WriteU8((byte)number);
                if (variants.Variants[number].Payload is { } payload) Write(payload, writer, depth + 1);
                break;
            case ListType list:
                int count = Count(depth);
                writer.WriteU32((uint)count);
                for (int i = 0; i < count; i++) Write(list.Item, writer, depth + 1);
                break;
            case MapType map: WriteMap(map, writer, depth); break;
        }
    }

    private void WriteMap(MapType map, IBufferWriter<byte> writer, int depth)
    {
        var keys = new List<byte[]>();
        for (int i = Count(depth); i > 0; i--)
        {
            byte[] key = Value(map.Key);
            if (keys.All(other => KeyOrder.Compare(map.Key, other, key) != 0)) keys.Add(key);
        }

        keys.Sort((left, right) => KeyOrder.Compare(map.Key, left, right));
        writer.WriteU32((uint)keys.Count);
        foreach (byte[] key in keys)
        {
            writer.Write(key);
            Write(map.Value, writer, depth + 1);
        }
    }

    private int Count(int depth) => depth >= 4 ? 0 : random.Next(4);

    private void WriteScalar(ScalarType type, IBufferWriter<byte> writer)
    {
        switch (type.Kind)
        {
            case ScalarKind.Bool: writer.WriteBool(random.Next(2) == 0); break;
            case ScalarKind.F32: writer.WriteF32((float)Float()); break;
            case ScalarKind.F64: writer.WriteF64(Float()); break;
            case ScalarKind.String: writer.WriteString(Text()); break;
            case ScalarKind.Bytes: writer.WriteBytes(Encoding.UTF8.GetBytes(Text())); break;
            case ScalarKind.Timestamp when random.Next(2) == 0:
                writer.WriteI64(random.NextInt64(-62_135_596_800_000_000, 253_402_300_800_000_000));
                break;
            default:
                var bytes = new byte[type.FixedLength!.Value];
                if (random.Next(4) == 0) Array.Fill(bytes, random.Next(2) == 0 ? (byte)0 : (byte)0xFF);
                else random.NextBytes(bytes);
                if (random.Next(4) == 0) bytes[^1] = (byte)(random.Next(2) == 0 ? 0x80 : 0x7F);
                writer.Write(bytes);
                break;
        }
    }

    private double Float() => random.Next(10) switch
    {
        0 => 0.0,
        1 => -0.0,
        2 => double.NaN,
        3 => double.PositiveInfinity,
        4 => double.NegativeInfinity,
        5 => random.Next(-3, 3),
        6 => float.Epsilon * random.Next(-2, 3),
        7 => BitConverter.UInt64BitsToDouble((ulong)random.NextInt64(long.MinValue, long.MaxValue)),
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)),
    };

    private string Text()
    {
        string text = Texts[random.Next(Texts.Length)];
        return random.Next(3) == 0 ? text + Texts[random.Next(Texts.Length)] : text;
    }
}
