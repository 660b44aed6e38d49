using System.Text;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tests.Values;

namespace Interstice.Kernel.Tests.Events;

// Goal: what is written fast is what is written slowly, to the byte, and what has no form there is never written fast. Method: random events of
// random types, and the same with bytes of their canonical form changed, added and lost.
public sealed class EventJsonBytesTests
{
    private const int Changes = 40;

    private readonly int _seed = Random.Shared.Next();

    [Fact]
    public void Payloads_have_the_bytes_of_the_slow_way_and_are_refused_where_it_refuses()
    {
        var random = new Random(_seed);
        var values = new RandomValues(random);
        (int fast, int all, int changed) = (0, 0, 0);
        for (int i = 0; i < 1500; i++)
        {
            (DataType type, ModuleSchema schema, string kind, byte[] payload) = RandomEvents.Next(values, i);
            using var written = new PayloadWriter();
            all++;
            if (EventJsonBytes.TryWritePayload(written, kind, payload, schema)) fast++;
            ExpectTheSame(written, RandomEvents.WriteJson(writer => EventJson.TryWrite(writer, kind, payload, schema)), $"{type}");
            for (int change = 0; change < Changes; change++)
            {
                byte[] other = Changed(payload, random);
                written.Clear();
                if (EventJsonBytes.TryWritePayload(written, kind, other, schema)) changed++;
                ExpectTheSame(written, RandomEvents.WriteJson(writer => EventJson.TryWrite(writer, kind, other, schema)), $"{type}");
            }
        }

        fast.ShouldBeGreaterThan(all / 2, $"seed {_seed}: most are written fast");
        changed.ShouldBeGreaterThan(100, $"seed {_seed}: some changes give other events");
    }

    [Fact]
    public void Metadata_has_the_bytes_of_the_slow_way_and_is_refused_where_it_refuses()
    {
        var random = new Random(_seed);
        var values = new RandomValues(random);
        ModuleSchema schema = RandomEvents.SchemaOfReducers();
        (int fast, int changed) = (0, 0);
        for (int i = 0; i < 1000; i++)
        {
            byte[] metadata = RandomEvents.MetadataOf(random, values, schema);
            Guid id = new TransactionId((ulong)random.NextInt64(), (uint)i).EventId(0);
            using var written = new PayloadWriter();
            if (EventJsonBytes.TryWriteMetadata(written, id, metadata, new Revision(i), schema)) fast++;
            ExpectTheSame(written, Slowly(metadata), "as it was made");
            for (int change = 0; change < Changes; change++)
            {
                byte[] other = Changed(metadata, random);
                written.Clear();
                if (EventJsonBytes.TryWriteMetadata(written, id, other, new Revision(i), schema)) changed++;
                ExpectTheSame(written, Slowly(other), Convert.ToHexString(other));
            }

            byte[] Slowly(byte[] bytes) => RandomEvents.WriteJson(writer =>
                EventMetadataJson.TryWrite(writer, id, EventTypes.RowInserted, bytes, new Revision(i), schema));
        }

        fast.ShouldBe(1000, $"seed {_seed}: every call that fits its declaration is written fast");
        changed.ShouldBeGreaterThan(100, $"seed {_seed}: some changes give other calls");
    }

    [Fact]
    public void Metadata_behind_the_first_event_is_written_fast()
    {
        ModuleSchema schema = RandomEvents.SchemaOfReducers();
        Guid id = new TransactionId(0x0123456789abcdef, 42).EventId(7);
        using var written = new PayloadWriter();
        EventJsonBytes.TryWriteMetadata(written, id, default, new Revision(3), schema).ShouldBeTrue();
        Encoding.UTF8.GetString(written.Written).ShouldBe(Encoding.UTF8.GetString(RandomEvents.WriteJson(writer =>
            EventMetadataJson.TryWrite(writer, id, EventTypes.RowUpdated, default, new Revision(3), schema))));
    }

    // What only the slow way writes is left to it; nothing is left of a beginning.
    private void ExpectTheSame(PayloadWriter written, byte[] slowly, string of)
    {
        if (written.Length > 0 && !written.Written.SequenceEqual(slowly))
            Encoding.UTF8.GetString(written.Written).ShouldBe(Encoding.UTF8.GetString(slowly), $"seed {_seed}: {of}");
    }

    private static byte[] Changed(byte[] canonical, Random random)
    {
        List<byte> bytes = [.. canonical];
        int at = random.Next(bytes.Count);
        switch (random.Next(4))
        {
            case 0: bytes[at] = (byte)random.Next(256); break;
            case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes.RemoveAt(at); break;
            default: bytes.Insert(at, (byte)random.Next(256)); break;
        }

        return [.. bytes];
    }
}
