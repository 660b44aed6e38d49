using System.Buffers;
using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

public sealed class RowCodecTests
{
    private static readonly RowCodec Account = Codec(("id", "u64"), ("owner", "string"), ("open", "bool"), ("balance", "i64"));

    [Fact]
    public void A_row_is_accepted_and_its_fields_are_found()
    {
        byte[] row = Row(7, "ann", true, -5);
        Account.TryValidate(row, out ValueError error).ShouldBeTrue(error.Message);
        var offsets = new int[4];
        Account.Offsets(row, offsets);
        offsets.ShouldBe([0, 8, 15, 16]);
        Account.Offset(row, 3).ShouldBe(16);
        Account.Field(row, 1).ToArray().ShouldBe([3, 0, 0, 0, (byte)'a', (byte)'n', (byte)'n']);
    }

    [Fact]
    public void A_row_cut_short_anywhere_is_refused_with_the_field()
    {
        byte[] row = Row(7, "ann", true, -5);
        for (int length = 0; length < row.Length; length++)
        {
            Account.TryValidate(row.AsSpan(0, length), out ValueError error).ShouldBeFalse();
            error.Kind.ShouldBe(ValueErrorKind.Truncated);
            error.Path.ShouldBe(length < 8 ? "id" : length < 15 ? "owner" : length < 16 ? "open" : "balance");
        }
    }

    private static RowCodec Codec(params (string Name, string Type)[] fields) =>
        new([.. fields.Select(field => new FieldSchema(field.Name, DataType.Parse(field.Type)))]);

    private static byte[] Row(ulong id, string owner, bool open, long balance)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.WriteU64(id);
        buffer.WriteString(owner);
        buffer.WriteBool(open);
        buffer.WriteI64(balance);
        return buffer.WrittenSpan.ToArray();
    }
}
