using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

/// <summary>What holds for the keys of every index and every row.</summary>
public sealed class KeyPropertyTests
{
    [Fact]
    public void Comparing_keys_is_comparing_values() => Seeded.Run(20_000, random =>
    {
        var source = new RandomValues(random);
        DataType type = source.KeyType(floats: true);
        byte[] left = source.Value(type);
        byte[] right = source.Value(type);
        int expected = Math.Sign(KeyOrder.Compare(type, left, right));
        Math.Sign(Key(type, left).AsSpan().SequenceCompareTo(Key(type, right))).ShouldBe(expected, $"{type}");
        Math.Sign(KeyEncoding.Compare(type, left, right)).ShouldBe(expected, $"{type}");
    });

    [Fact]
    public void Comparing_composite_keys_is_comparing_their_columns_in_order() => Seeded.Run(10_000, random =>
    {
        RandomIndex index = RandomIndex.Create(random);
        (byte[] left, byte[] right) = (index.Row(), index.Row());

        // Equal leading columns are what makes later ones matter, so half of the rows share some.
        if (random.Next(2) == 0) right = index.WithColumnsOf(left, right, random);
        int expected = Math.Sign(KeyOrder.CompareRows(index.Codec, index.Key.Columns, left, right));
        Math.Sign(index.KeyOf(left).AsSpan().SequenceCompareTo(index.KeyOf(right))).ShouldBe(expected);
    });

    [Fact]
    public void The_key_of_leading_columns_begins_exactly_the_keys_of_rows_that_have_them() => Seeded.Run(10_000, random =>
    {
        RandomIndex index = RandomIndex.Create(random);
        (byte[] row, byte[] other) = (index.Row(), index.Row());
        if (random.Next(2) == 0) other = index.WithColumnsOf(row, other, random);
        int count = random.Next(index.Key.Columns.Length + 1);
        byte[] prefix = index.Convert(index.GuestKey(row, count), count);
        index.KeyOf(row).AsSpan().StartsWith(prefix).ShouldBeTrue();
        bool sharesColumns = KeyOrder.CompareRows(index.Codec, index.Key.Columns.Take(count), row, other) == 0;
        index.KeyOf(other).AsSpan().StartsWith(prefix).ShouldBe(sharesColumns);
    });

    [Fact]
    public void A_key_is_read_back_to_its_columns() => Seeded.Run(10_000, random =>
    {
        RandomIndex index = RandomIndex.Create(random);
        byte[] row = index.Row();
        byte[] key = index.KeyOf(row);
        var columns = new ArrayBufferWriter<byte>();
        index.Key.TryDecode(key, columns, out int count).ShouldBeTrue();
        count.ShouldBe(index.Key.Columns.Length);
        byte[] guestKey = [(byte)count, .. columns.WrittenSpan];
        index.Convert(guestKey, count).ShouldBe(key);
    });

    [Fact]
    public void A_key_comes_back_from_JSON() => Seeded.Run(5_000, random =>
    {
        RandomIndex index = RandomIndex.Create(random);
        int count = random.Next(1, index.Key.Columns.Length + 1);
        byte[] key = index.Convert(index.GuestKey(index.Row(), count), count);
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) JsonValues.WriteKey(writer, index.Key, key);
        using JsonDocument document = JsonDocument.Parse(json.WrittenMemory, ValueLimits.Json);
        var read = new ArrayBufferWriter<byte>();
        JsonValues.TryReadKey(document.RootElement, index.Key, read, out int columns, out ValueError error)
            .ShouldBeTrue(error.Message);
        columns.ShouldBe(count);
        read.WrittenSpan.ToArray().ShouldBe(key);
    });

    [Fact]
    public void Damaged_keys_are_refused_or_are_keys_of_other_values() => Seeded.Run(5_000, random =>
    {
        RandomIndex index = RandomIndex.Create(random);
        byte[] key = index.KeyOf(index.Row());
        for (int i = 0; i < key.Length; i++)
        {
            byte[] changed = [.. key];
            changed[i] ^= (byte)random.Next(1, 256);
            var columns = new ArrayBufferWriter<byte>();
            if (!index.Key.TryDecode(changed, columns, out int count)) continue;
            index.Convert([(byte)count, .. columns.WrittenSpan], count).ShouldBe(changed);
        }
    });

    [Fact]
    public void Damaged_keys_of_guests_are_refused_or_convert_to_a_key() => Seeded.Run(5_000, random =>
    {
        RandomIndex index = RandomIndex.Create(random);
        byte[] guestKey = index.GuestKey(index.Row(), index.Key.Columns.Length);
        guestKey[random.Next(guestKey.Length)] ^= (byte)random.Next(1, 256);
        guestKey = guestKey[..random.Next(guestKey.Length + 1)];
        byte[] destination = new byte[index.Key.ConvertedLengthMax(guestKey)];
        if (!index.Key.TryConvert(guestKey, destination, out int columns, out int written, out ValueError error))
        {
            error.Problem.ShouldNotBeNullOrEmpty();
            written.ShouldBe(0);
            return;
        }

        index.Key.TryDecode(destination.AsSpan(0, written), new ArrayBufferWriter<byte>(), out int decoded).ShouldBeTrue();
        decoded.ShouldBe(columns);
    });

    private static byte[] Key(DataType type, byte[] value)
    {
        byte[] destination = new byte[(2 * value.Length) + 3];
        int position = 0;
        int written = KeyEncoding.Write(type, value, ref position, destination);
        position.ShouldBe(value.Length);
        return destination[..written];
    }

    /// <summary>A table of random columns with an index over some of them.</summary>
    private sealed record RandomIndex(RandomValues Source, RowCodec Codec, KeyCodec Key)
    {
        internal static RandomIndex Create(Random random)
        {
            var source = new RandomValues(random);
            FieldSchema[] fields = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i =>
                new FieldSchema($"c{i}", random.Next(4) == 0 ? source.Type(1) : source.KeyType(floats: true)))];
            if (fields.All(field => !field.Type.IsIndexable)) fields = [new FieldSchema("c0", source.KeyType(floats: true))];
            int[] columns = [.. Enumerable.Range(0, fields.Length).Where(i => fields[i].Type.IsIndexable)];
            random.Shuffle(columns);
            var codec = new RowCodec([.. fields]);
            return new RandomIndex(source, codec, new KeyCodec(codec, [.. columns.Take(random.Next(1, columns.Length + 1))]));
        }

        internal byte[] Row() => [.. Codec.Fields.SelectMany(field => Source.Value(field.Type))];

        internal byte[] WithColumnsOf(byte[] from, byte[] row, Random random) =>
        [
            .. Enumerable.Range(0, Codec.Fields.Length).SelectMany(i =>
                Codec.Field(random.Next(3) > 0 ? from : row, i).ToArray()),
        ];

        internal byte[] KeyOf(byte[] row)
        {
            byte[] destination = new byte[Key.LengthMax(row)];
            int written = Key.Write(row, destination);
            if (Key.FixedLength is { } length) written.ShouldBe(length);
            return destination[..written];
        }

        internal byte[] GuestKey(byte[] row, int count) =>
            [(byte)count, .. Key.Columns.Take(count).SelectMany(column => Codec.Field(row, column).ToArray())];

        internal byte[] Convert(byte[] guestKey, int count)
        {
            byte[] destination = new byte[Key.ConvertedLengthMax(guestKey)];
            Key.TryConvert(guestKey, destination, out int columns, out int written, out ValueError error)
                .ShouldBeTrue(error.Message);
            columns.ShouldBe(count);
            return destination[..written];
        }
    }
}
