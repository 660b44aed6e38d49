using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Interstice.Host.Tests.Models;

/// <summary>A type of the naive model: its values as plain objects, their encoding, order and JSON, worked out again from docs/formats and
/// without the kernel.</summary>
/// <param name="Name">As a schema names it.</param>
internal abstract record ModelType(string Name)
{
    /// <summary>Whether it may stand in every key.</summary>
    public virtual bool IsKey => false;

    /// <summary>Whether it may stand in an index that is not unique.</summary>
    public virtual bool IsIndexable => IsKey;

    /// <summary>A value; few, so that they meet again and again, and those at the edges among them.</summary>
    public abstract object Next(Random random);

    /// <summary>Appends the canonical encoding.</summary>
    public abstract void Write(object value, List<byte> to);

    /// <summary>The order of keys.</summary>
    public virtual int Compare(object left, object right) => throw new InvalidOperationException($"{Name} is no key");

    public abstract string Json(object value);

    public byte[] Encode(object value)
    {
        List<byte> bytes = [];
        Write(value, bytes);
        return [.. bytes];
    }

    public sealed override string ToString() => Name;

    protected static void WriteCount(int count, List<byte> to)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        to.AddRange(bytes);
    }

    private static T Pick<T>(Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    internal sealed record Bool() : ModelType("bool")
    {
        public override bool IsKey => true;

        public override object Next(Random random) => random.Next(2) == 0;

        public override void Write(object value, List<byte> to) => to.Add((bool)value ? (byte)1 : (byte)0);

        public override int Compare(object left, object right) => ((bool)left).CompareTo((bool)right);

        public override string Json(object value) => (bool)value ? "true" : "false";
    }

    /// <summary>Integers, and times and durations, which are such.</summary>
    internal sealed record Integer(string Name, int Bytes, bool IsSigned) : ModelType(Name)
    {
        public override bool IsKey => true;

        public BigInteger Max => (BigInteger.One << ((8 * Bytes) - (IsSigned ? 1 : 0))) - 1;

        public BigInteger Min => IsSigned ? -(BigInteger.One << ((8 * Bytes) - 1)) : 0;

        public override object Next(Random random) => random.Next(12) switch
        {
            0 => Max,
            1 => Min,
            2 => IsSigned ? BigInteger.MinusOne : Max - 1,
            3 => BigInteger.Min(Max, 256),
            _ => (BigInteger)random.Next(12),
        };

        public override void Write(object value, List<byte> to)
        {
            BigInteger bits = (BigInteger)value;
            if (bits < 0) bits += BigInteger.One << (8 * Bytes);
            for (int i = 0; i < Bytes; i++) to.Add((byte)((bits >> (8 * i)) & 0xFF));
        }

        public override int Compare(object left, object right) => ((BigInteger)left).CompareTo((BigInteger)right);

        public override string Json(object value)
        {
            // A timestamp of some year has a text of its own; microseconds are taken as a number too.
            string digits = ((BigInteger)value).ToString(CultureInfo.InvariantCulture);
            return Bytes < sizeof(long) ? digits : $"\"{digits}\"";
        }
    }

    internal sealed record Float(string Name, bool IsDouble) : ModelType(Name)
    {
        public override bool IsIndexable => true;

        public override object Next(Random random)
        {
            double value = Pick(random, 0.0, -0.0, 1.5, -2.25, 3, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.5, 1e10);
            return value;
        }

        public override void Write(object value, List<byte> to)
        {
            double number = (double)value;
            ulong bits = IsDouble
                ? double.IsNaN(number) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToUInt64Bits(number)
                : double.IsNaN(number) ? 0x7FC0_0000 : BitConverter.SingleToUInt32Bits((float)number);
            for (int i = 0; i < (IsDouble ? 8 : 4); i++) to.Add((byte)(bits >> (8 * i)));
        }

        public override int Compare(object left, object right)
        {
            (double a, double b) = ((double)left, (double)right);
            if (double.IsNaN(a) || double.IsNaN(b)) return double.IsNaN(a).CompareTo(double.IsNaN(b));
            return a < b ? -1 : a > b ? 1 : 0;
        }

        public override string Json(object value)
        {
            double number = (double)value;
            if (double.IsNaN(number)) return "\"NaN\"";
            if (double.IsInfinity(number)) return number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
            return number == 0 && double.IsNegative(number) ? "-0.0" : number.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    internal sealed record Text() : ModelType("string")
    {
        public override bool IsKey => true;

        public override object Next(Random random) =>
            Pick(random, "", "a", "a\0", "aa", "b", "\0", "é", "\uFFFD", "𝄞", "ann", "bob", new string('x', 200));

        public override void Write(object value, List<byte> to)
        {
            byte[] bytes = Encoding.UTF8.GetBytes((string)value);
            WriteCount(bytes.Length, to);
            to.AddRange(bytes);
        }

        // By code points: UTF-8 has their order.
        public override int Compare(object left, object right) =>
            Encoding.UTF8.GetBytes((string)left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)right));

        public override string Json(object value) => System.Text.Json.JsonSerializer.Serialize((string)value);
    }

    /// <summary>Bytes, of any length or of one.</summary>
    internal sealed record Blob(string Name, int? Length) : ModelType(Name)
    {
        public override bool IsKey => true;

        public override object Next(Random random)
        {
            byte[] bytes = new byte[Length ?? random.Next(4)];
            if (bytes.Length > 0) bytes[random.Next(bytes.Length)] = Pick<byte>(random, 0, 0, 1, 0xFF);
            return bytes;
        }

        public override void Write(object value, List<byte> to)
        {
            if (Length is null) WriteCount(((byte[])value).Length, to);
            to.AddRange((byte[])value);
        }

        public override int Compare(object left, object right) => ((byte[])left).AsSpan().SequenceCompareTo((byte[])right);

        public override string Json(object value) => Name switch
        {
            "bytes" => $"\"{Convert.ToBase64String((byte[])value)}\"",
            "uuid" => $"\"{new Guid((byte[])value, bigEndian: true)}\"",
            _ => $"\"{Convert.ToHexStringLower((byte[])value)}\"",
        };
    }

    /// <summary>A value is an array of none or one.</summary>
    internal sealed record Option(ModelType Of) : ModelType($"option<{Of.Name}>")
    {
        public override bool IsKey => Of.IsKey;

        public override bool IsIndexable => IsKey;

        public override object Next(Random random) => random.Next(3) == 0 ? Array.Empty<object>() : new[] { Of.Next(random) };

        public override void Write(object value, List<byte> to)
        {
            object[] content = (object[])value;
            to.Add((byte)content.Length);
            if (content.Length > 0) Of.Write(content[0], to);
        }

        public override int Compare(object left, object right)
        {
            (object[] a, object[] b) = ((object[])left, (object[])right);
            return a.Length == 0 || b.Length == 0 ? a.Length.CompareTo(b.Length) : Of.Compare(a[0], b[0]);
        }

        public override string Json(object value) => ((object[])value).Length == 0 ? "null" : $"[{Of.Json(((object[])value)[0])}]";
    }

    internal sealed record Listing(ModelType Of) : ModelType($"list<{Of.Name}>")
    {
        public override object Next(Random random) => Enumerable.Range(0, random.Next(3)).Select(_ => Of.Next(random)).ToArray();

        public override void Write(object value, List<byte> to)
        {
            WriteCount(((object[])value).Length, to);
            foreach (object item in (object[])value) Of.Write(item, to);
        }

        public override string Json(object value) => $"[{string.Join(',', ((object[])value).Select(Of.Json))}]";
    }

    /// <summary>A value is an array of pairs, in the order of their keys.</summary>
    internal sealed record Map(ModelType Key, ModelType Of) : ModelType($"map<{Key.Name},{Of.Name}>")
    {
        public override object Next(Random random)
        {
            List<(object Key, object Value)> pairs = [];
            for (int i = random.Next(4); i > 0; i--)
            {
                object key = Key.Next(random);
                if (!pairs.Exists(pair => Key.Compare(pair.Key, key) == 0)) pairs.Add((key, Of.Next(random)));
            }

            pairs.Sort((left, right) => Key.Compare(left.Key, right.Key));
            return pairs.ToArray();
        }

        public override void Write(object value, List<byte> to)
        {
            WriteCount((((object, object)[])value).Length, to);
            foreach ((object key, object content) in ((object, object)[])value)
            {
                Key.Write(key, to);
                Of.Write(content, to);
            }
        }

        public override string Json(object value) =>
            $"[{string.Join(',', (((object, object)[])value).Select(pair => $"[{Key.Json(pair.Item1)},{Of.Json(pair.Item2)}]"))}]";
    }

    internal sealed record Struct(string Name, ModelType[] Fields) : ModelType(Name)
    {
        public override object Next(Random random) => Fields.Select(field => field.Next(random)).ToArray();

        public override void Write(object value, List<byte> to)
        {
            for (int i = 0; i < Fields.Length; i++) Fields[i].Write(((object[])value)[i], to);
        }

        public override string Json(object value) =>
            $"{{{string.Join(',', Fields.Select((field, i) => $"\"f{i}\":{field.Json(((object[])value)[i])}"))}}}";

        public string Declare() => $$$"""
            {"type":{"name":"{{{Name}}}","struct":[{{{string.Join(',', Fields.Select((field, i) => $$"""{"name":"f{{i}}","type":"{{field.Name}}"}"""))}}}]}}
            """;
    }

    /// <summary>A value is the number of the variant and its payload.</summary>
    internal sealed record Choice(string Name, ModelType?[] Variants) : ModelType(Name)
    {
        public override bool IsKey => Variants.All(variant => variant is null);

        public override object Next(Random random)
        {
            int number = random.Next(Variants.Length);
            return (number, Variants[number]?.Next(random));
        }

        public override void Write(object value, List<byte> to)
        {
            (int number, object? payload) = ((int, object?))value;
            to.Add((byte)number);
            Variants[number]?.Write(payload!, to);
        }

        public override int Compare(object left, object right) => (((int, object?))left).Item1.CompareTo((((int, object?))right).Item1);

        public override string Json(object value)
        {
            (int number, object? payload) = ((int, object?))value;
            return $"{{\"v{number}\":{Variants[number]?.Json(payload!) ?? "null"}}}";
        }

        public string Declare() => $$$"""
            {"type":{"name":"{{{Name}}}","enum":[{{{string.Join(',', Variants.Select(DeclareVariant))}}}]}}
            """;

        private static string DeclareVariant(ModelType? payload, int number) =>
            payload is null ? $$"""{"name":"v{{number}}"}""" : $$"""{"name":"v{{number}}","type":"{{payload.Name}}"}""";
    }

    /// <summary>A named wrapper.</summary>
    internal sealed record Alias(string Name, ModelType Of) : ModelType(Name)
    {
        public override bool IsKey => Of.IsKey;

        public override bool IsIndexable => Of.IsIndexable;

        public override object Next(Random random) => Of.Next(random);

        public override void Write(object value, List<byte> to) => Of.Write(value, to);

        public override int Compare(object left, object right) => Of.Compare(left, right);

        public override string Json(object value) => Of.Json(value);

        public string Declare() => $$$"""{"type":{"name":"{{{Name}}}","alias":"{{{Of.Name}}}"}}""";
    }
}
