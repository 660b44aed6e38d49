using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

/// <summary>What holds for every type and every value.</summary>
public sealed class ValuePropertyTests
{
    [Fact]
    public void Every_value_is_canonical_and_comes_back_from_JSON_byte_for_byte() => Seeded.Run(20_000, random =>
    {
        var source = new RandomValues(random);
        DataType type = source.Type();
        byte[] value = source.Value(type);
        CanonicalEncoding.TryValidate(type, value, out ValueError error).ShouldBeTrue($"{type}: {error.Message}");
        CanonicalEncoding.Skip(type, value).ShouldBe(value.Length);
        ReadBack(type, value).ShouldBe(value, $"{type} {ToJson(type, value)}");
    });

    // Goal: no two encodings of one value. A changed byte gives no value or another one, never the same.
    [Fact]
    public void A_changed_byte_is_refused_or_makes_another_value() => Seeded.Run(2_000, random =>
    {
        var source = new RandomValues(random);
        DataType type = source.Type();
        byte[] value = source.Value(type);
        string json = ToJson(type, value);
        for (int i = 0; i < value.Length; i++)
        {
            byte[] changed = [.. value];
            changed[i] ^= (byte)random.Next(1, 256);
            if (!CanonicalEncoding.TryValidate(type, changed, out ValueError error))
            {
                error.Kind.ShouldNotBe(ValueErrorKind.None);
                error.Problem.ShouldNotBeNullOrEmpty();
                error.Offset.ShouldBeInRange(0, changed.Length);
                continue;
            }

            ToJson(type, changed).ShouldNotBe(json, $"{type} byte {i}");
            ReadBack(type, changed).ShouldBe(changed, $"{type} byte {i}");
        }
    });

    [Fact]
    public void A_value_cut_short_or_followed_by_a_byte_is_refused() => Seeded.Run(5_000, random =>
    {
        var source = new RandomValues(random);
        DataType type = source.Type();
        byte[] value = source.Value(type);
        for (int length = 0; length < value.Length; length++)
            CanonicalEncoding.TryValidate(type, value.AsSpan(0, length), out _).ShouldBeFalse($"{type} cut to {length}");
        byte[] longer = [.. value, (byte)random.Next(256)];
        CanonicalEncoding.TryValidate(type, longer, out ValueError error).ShouldBeFalse($"{type} and one byte");
        error.Kind.ShouldBe(ValueErrorKind.TrailingBytes);
        error.Offset.ShouldBe(value.Length);
    });

    [Fact]
    public void Random_bytes_are_refused_or_are_a_value_that_comes_back() => Seeded.Run(20_000, random =>
    {
        DataType type = new RandomValues(random).Type();
        var bytes = new byte[random.Next(40)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(3));
        if (CanonicalEncoding.TryValidate(type, bytes, out _)) ReadBack(type, bytes).ShouldBe(bytes, $"{type}");
    });

    [Fact]
    public void A_row_is_the_fields_one_behind_the_other() => Seeded.Run(5_000, random =>
    {
        var source = new RandomValues(random);
        FieldSchema[] fields =
            [.. Enumerable.Range(0, random.Next(8)).Select(i => new FieldSchema($"f{i}", source.Type(2)))];
        byte[][] values = [.. fields.Select(field => source.Value(field.Type))];
        byte[] row = [.. values.SelectMany(value => value)];
        var codec = new RowCodec([.. fields]);
        codec.TryValidate(row, out ValueError error).ShouldBeTrue(error.Message);
        row.Length.ShouldBeGreaterThanOrEqualTo(codec.MinLength);
        if (codec.FixedLength is { } length) row.Length.ShouldBe(length);
        var offsets = new int[fields.Length];
        codec.Offsets(row, offsets);
        for (int i = 0; i < fields.Length; i++)
        {
            offsets[i].ShouldBe(values[..i].Sum(value => value.Length));
            codec.Offset(row, i).ShouldBe(offsets[i]);
            codec.FixedOffset(i).ShouldBeOneOf(null, offsets[i]);
            codec.Field(row, i).ToArray().ShouldBe(values[i]);
        }
    });

    [Fact]
    public void A_damaged_row_is_refused_exactly_when_one_of_its_fields_is() => Seeded.Run(5_000, random =>
    {
        var source = new RandomValues(random);
        FieldSchema[] fields =
            [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => new FieldSchema($"f{i}", source.Type(2)))];
        byte[] row = [.. fields.SelectMany(field => source.Value(field.Type))];
        if (row.Length > 0 && random.Next(2) == 0) row[random.Next(row.Length)] ^= (byte)random.Next(1, 256);
        else row = row[..random.Next(row.Length)];

        // A struct goes the general way through each field; the row goes the compiled way.
        var codec = new RowCodec([.. fields]);
        bool isRow = codec.TryValidate(row, out ValueError error);
        (bool Valid, string Field) expected = FirstBadField(fields, row);
        isRow.ShouldBe(expected.Valid, error.Message);
        if (!isRow && error.Kind != ValueErrorKind.TrailingBytes)
            error.Path.Split('.', '[')[0].ShouldBe(expected.Field, error.Message);
    });

    [Fact]
    public void A_row_comes_back_from_JSON_byte_for_byte() => Seeded.Run(3_000, random =>
    {
        var source = new RandomValues(random);
        FieldSchema[] fields =
            [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => new FieldSchema($"f{i}", source.Type(2)))];
        byte[] row = [.. fields.SelectMany(field => source.Value(field.Type))];
        var codec = new RowCodec([.. fields]);
        string json = Json(writer => JsonValues.WriteRow(writer, codec, row));
        using JsonDocument document = JsonDocument.Parse(json, ValueLimits.Json);
        var buffer = new ArrayBufferWriter<byte>();
        JsonValues.TryReadRow(document.RootElement, codec, buffer, out ValueError error).ShouldBeTrue(error.Message);
        buffer.WrittenSpan.ToArray().ShouldBe(row, json);
        buffer.ResetWrittenCount();
        JsonValues.TryReadArguments(document.RootElement, codec, buffer, out error).ShouldBeTrue(error.Message);
        buffer.WrittenSpan.ToArray().ShouldBe(row, json);
    });

    private static (bool Valid, string Field) FirstBadField(FieldSchema[] fields, byte[] row)
    {
        int position = 0;
        foreach (FieldSchema field in fields)
        {
            // The field ends where the shortest piece of the row that is a value of its type ends: no value begins
            // another.
            int end = Enumerable.Range(position, row.Length - position + 1)
                .FirstOrDefault(e => CanonicalEncoding.TryValidate(field.Type, row.AsSpan(position..e), out _), -1);
            if (end < 0) return (false, field.Name);
            position = end;
        }

        return (position == row.Length, "");
    }

    private static byte[] ReadBack(DataType type, byte[] value)
    {
        using JsonDocument json = JsonDocument.Parse(ToJson(type, value), ValueLimits.Json);
        var buffer = new ArrayBufferWriter<byte>();
        JsonValues.TryRead(json.RootElement, type, buffer, out ValueError error).ShouldBeTrue($"{type}: {error.Message}");
        return buffer.WrittenSpan.ToArray();
    }

    private static string ToJson(DataType type, byte[] value) => Json(writer => JsonValues.Write(writer, type, value));

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
