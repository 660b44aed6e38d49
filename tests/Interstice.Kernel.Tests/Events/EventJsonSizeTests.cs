using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Events;

// Goal: a transaction that was measured is never larger as JSON than was said. Method: rows of the worst shapes, written and measured.
public sealed class EventJsonSizeTests
{
    private static readonly string LongName = new('n', 63);

    private static readonly ModuleSchema Schema = ModuleSchema.Parse(System.Text.Encoding.UTF8.GetBytes($$$"""
        {"module":{"name":"m","version":"1.0.0","abi":1}}
        {"table":{"name":"{{{LongName}}}","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"{{{LongName}}}","type":"bool"},{"name":"text","type":"string"}]}}
        {"reducer":{"name":"work","parameters":[{"name":"{{{LongName}}}","type":"string"}],"result":"u64"}}
        """));

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\u0001\u0002\"\\ü✓")]
    public void What_is_written_is_at_most_what_was_measured(string text)
    {
        TransactionId id = new(ulong.MaxValue, uint.MaxValue);
        byte[] payload = Payload(text);
        byte[] arguments = ArgumentsOf(text);
        var record = new TransactionRecord
        {
            EventCount = int.MaxValue,
            Reducer = "work",
            Arguments = arguments,
            Caller = Identity.Of("", ""),
            TimeUs = long.MaxValue,
            Seed = UInt128.MaxValue,
            Code = CodeHash.Of([]),
            Engine = "an engine",
            Fuel = ulong.MaxValue,
            Host = Guid.NewGuid(),
            Epoch = ulong.MaxValue,
            StateHash = UInt128.MaxValue,
            Result = BitConverter.GetBytes(ulong.MaxValue),
            Causation = Guid.NewGuid(),
            Origin = new(Guid.NewGuid(), byte.MaxValue),
            Chain = ChainValue.Start(StreamNames.Modules),
        };
        using var metadata = new PayloadWriter();
        record.Write(metadata);
        using var size = new EventJsonSize(Schema);
        long written = 0;
        for (int i = 0; i < 3; i++)
        {
            size.Add(EventTypes.RowInserted, payload);
            written += Written(writer => EventJson.TryWrite(writer, EventTypes.RowInserted, payload, Schema));
            byte[] said = i == 0 ? metadata.Written.ToArray() : [];
            written += Written(writer => EventMetadataJson.TryWrite(
                writer, id.EventId(int.MaxValue - i), EventTypes.RowInserted, said, new Revision(long.MaxValue), Schema));
        }

        size.Add(Schema.FindReducer("work")!, "an engine", arguments, BitConverter.GetBytes(ulong.MaxValue));

        size.Bytes.ShouldBeGreaterThanOrEqualTo(written);
        new EventJsonBound(Schema)
            .MayExceed((3 * payload.Length) + arguments.Length + "work".Length + "an engine".Length, 3, size.Bytes - 1).ShouldBeTrue();
    }

    private static byte[] Payload(string text)
    {
        using var row = new PayloadWriter();
        row.Byte(1);
        row.Byte(0);
        row.String(text);
        using var payload = new PayloadWriter();
        RowEvent.Write(payload, System.Text.Encoding.UTF8.GetBytes(LongName), row.Written);
        return payload.Written.ToArray();
    }

    private static byte[] ArgumentsOf(string text)
    {
        using var arguments = new PayloadWriter();
        arguments.String(text);
        return arguments.Written.ToArray();
    }

    private static int Written(Func<Utf8JsonWriter, bool> write)
    {
        using var bytes = new PayloadWriter();
        using var writer = new Utf8JsonWriter(bytes, EventJson.WriterOptions);
        write(writer).ShouldBeTrue();
        writer.Flush();
        return bytes.Length;
    }
}
