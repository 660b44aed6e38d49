using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

public sealed class KeyCodecTests
{
    private static readonly RowCodec Row = new(
    [
        new FieldSchema("id", DataType.Parse("u64")),
        new FieldSchema("owner", DataType.Parse("string")),
        new FieldSchema("balance", DataType.Parse("i64")),
        new FieldSchema("tags", DataType.Parse("list<string>")),
        new FieldSchema("rank", DataType.Parse("option<u8>")),
    ]);

    private static readonly KeyCodec ByOwner = new(Row, [1, 0]);

    [Fact]
    public void A_key_is_its_columns_in_the_order_of_the_index()
    {
        byte[] row = AccountRow(7, "an\0n", -2, 9);
        Hex(new KeyCodec(Row, [0]), row).ShouldBe("0000000000000007");
        Hex(ByOwner, row).ShouldBe("616e00ff6e00000000000000000007");
        Hex(new KeyCodec(Row, [2, 4]), row).ShouldBe("7ffffffffffffffe0109");
        Hex(new KeyCodec(Row, [4, 2, 0]), row).ShouldBe("01097ffffffffffffffe0000000000000007");
        Hex(new KeyCodec(Row, [4]), AccountRow(7, "", 0, null)).ShouldBe("00");
    }

    [Fact]
    public void The_length_is_known_where_all_columns_are_of_fixed_length()
    {
        new KeyCodec(Row, [0, 2]).FixedLength.ShouldBe(16);
        ByOwner.FixedLength.ShouldBeNull();
        new KeyCodec(Row, [4]).FixedLength.ShouldBeNull();
    }

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("00", 0, "")]
    [InlineData("0101000000ff", -1, "owner: expected string, found bytes that are not UTF-8")]
    [InlineData("010100000061", 1, "610000")]
    [InlineData("0201000000610500000000000000", 2, "6100000000000000000005")]
    [InlineData("02010000006105000000", -1, "id: expected u64 (at least 8 bytes), found 4 bytes")]
    [InlineData("03010000006105000000000000000000", -1, "expected at most 2 columns, found 3")]
    [InlineData("01010000006100", -1, "expected the end of the key, found 1 more byte after it")]
    [InlineData("0000", -1, "expected the end of the key, found 1 more byte after it")]
    public void Keys_of_guests_are_checked_and_converted(string guestKey, int columns, string expected)
    {
        byte[] bytes = Convert.FromHexString(guestKey);
        byte[] destination = new byte[ByOwner.ConvertedLengthMax(bytes)];
        bool isKey = ByOwner.TryConvert(bytes, destination, out int found, out int written, out ValueError error);
        isKey.ShouldBe(columns >= 0, error.Message);
        if (isKey) Convert.ToHexStringLower(destination.AsSpan(0, written)).ShouldBe(expected);
        else error.Message.ShouldBe(expected);
        found.ShouldBe(Math.Max(columns, 0));
    }

    [Fact]
    public void A_key_is_shown_and_read_as_an_array_of_its_columns_or_as_the_first_alone()
    {
        byte[] key = Key(ByOwner, AccountRow(7, "ann", 0, null));
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) JsonValues.WriteKey(writer, ByOwner, key);
        System.Text.Encoding.UTF8.GetString(json.WrittenSpan).ShouldBe("[\"ann\",\"7\"]");
        Read("[\"ann\",7]").ShouldBe((true, 2, Convert.ToHexStringLower(key), ""));
        Read("\"ann\"").ShouldBe((true, 1, "616e6e0000", ""));
        Read("[]").ShouldBe((true, 0, "", ""));
        Read("[\"ann\",\"x\"]").ShouldBe((false, 0, "", "id: expected u64, found \"x\""));
        Read("[\"ann\",1,2]").ShouldBe((false, 0, "", "expected at most 2 columns, found 3"));
    }

    [Theory]
    [InlineData("6100")]
    [InlineData("61")]
    [InlineData("6100010000")]
    [InlineData("ff0000")]
    [InlineData("61000000000000000000")]
    [InlineData("610000000000000000000007ff")]
    public void Bytes_that_are_no_key_are_not_shown(string key) =>
        ByOwner.TryDecode(Convert.FromHexString(key), new ArrayBufferWriter<byte>(), out _).ShouldBeFalse();

    [Fact]
    public void Columns_that_cannot_be_keys_are_refused()
    {
        Should.Throw<ArgumentException>(() => new KeyCodec(Row, [])).Message.ShouldStartWith("a key has one column or more");
        Should.Throw<ArgumentException>(() => new KeyCodec(Row, [5])).Message.ShouldStartWith("a row has no column 5");
        Should.Throw<ArgumentException>(() => new KeyCodec(Row, [3])).Message
            .ShouldStartWith("list<string> cannot be part of a key");
    }

    // Goal: the hot path of every transaction leaves nothing to the garbage collector.
    [Fact]
    public void Checking_rows_and_making_keys_allocates_nothing()
    {
        byte[] row = AccountRow(7, "ann", -2, 9);
        byte[] guestKey = [1, 3, 0, 0, 0, (byte)'a', (byte)'n', (byte)'n'];
        byte[] destination = new byte[256];
        int[] offsets = new int[5];
        bool Run()
        {
            bool isFine = Row.TryValidate(row, out _);
            Row.Offsets(row, offsets);
            isFine &= ByOwner.Write(row, destination) > 0;
            return isFine & ByOwner.TryConvert(guestKey, destination, out _, out _, out _);
        }

        Run().ShouldBeTrue();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static (bool IsKey, int Columns, string Key, string Error) Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var buffer = new ArrayBufferWriter<byte>();
        bool isKey = JsonValues.TryReadKey(document.RootElement, ByOwner, buffer, out int columns, out ValueError error);
        return (isKey, columns, Convert.ToHexStringLower(buffer.WrittenSpan), error.Message);
    }

    private static string Hex(KeyCodec codec, byte[] row) => Convert.ToHexStringLower(Key(codec, row));

    private static byte[] Key(KeyCodec codec, byte[] row)
    {
        byte[] destination = new byte[codec.LengthMax(row)];
        return destination[..codec.Write(row, destination)];
    }

    private static byte[] AccountRow(ulong id, string owner, long balance, byte? rank)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.WriteU64(id);
        buffer.WriteString(owner);
        buffer.WriteI64(balance);
        buffer.WriteU32(2);
        buffer.WriteString("x");
        buffer.WriteString("yy");
        buffer.WriteBool(rank is not null);
        if (rank is { } value) buffer.WriteU8(value);
        Row.TryValidate(buffer.WrittenSpan, out ValueError error).ShouldBeTrue(error.Message);
        return buffer.WrittenSpan.ToArray();
    }
}
