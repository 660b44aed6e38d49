using System.Text;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tests.Values;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Events;

// Goal: what is read fast is what is read slowly, to the byte, and what is refused slowly is never read fast. Method: random events of random
// types as they are written, and the same with bytes changed, added, lost and moved.
public sealed class WrittenEventJsonTests
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
            byte[] json = RandomEvents.WriteJson(writer => EventJson.TryWrite(writer, kind, payload, schema));
            using var read = new PayloadWriter();
            all++;
            if (WrittenEventJson.TryReadPayload(kind, json, schema, read))
            {
                fast++;
                read.Written.SequenceEqual(payload).ShouldBeTrue($"seed {_seed}: {type}, {Encoding.UTF8.GetString(json)}");
            }

            for (int change = 0; change < Changes; change++)
            {
                byte[] other = Changed(json, random);
                read.Clear();
                if (!WrittenEventJson.TryReadPayload(kind, other, schema, read))
                {
                    read.Length.ShouldBe(0, "nothing is left of what was not read");
                    continue;
                }

                changed++;
                using var slow = new PayloadWriter();
                using JsonDocument document = JsonDocument.Parse(other, ValueLimits.Json);
                EventJson.Read(kind, document.RootElement, schema, slow);
                read.Written.SequenceEqual(slow.Written).ShouldBeTrue($"seed {_seed}: {type}, {Encoding.UTF8.GetString(other)}");
            }
        }

        fast.ShouldBeGreaterThan(all / 2, $"seed {_seed}: most are read fast");
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
            TransactionId id = new((ulong)random.NextInt64(), (uint)i);
            byte[] json = RandomEvents.WriteJson(writer =>
                EventMetadataJson.TryWrite(writer, id.EventId(0), EventTypes.RowInserted, metadata, new Revision(i), schema));
            WrittenEventJson.TryFindPublication(json, out Revision publication).ShouldBeTrue();
            publication.ShouldBe(new Revision(i));
            using var read = new PayloadWriter();
            if (WrittenEventJson.TryReadCall(json, schema, read))
            {
                fast++;
                read.Written.SequenceEqual(metadata).ShouldBeTrue($"seed {_seed}: {Encoding.UTF8.GetString(json)}");
            }

            for (int change = 0; change < Changes; change++)
            {
                byte[] other = Changed(json, random);
                read.Clear();
                if (!WrittenEventJson.TryReadCall(other, schema, read)) continue;
                changed++;
                using var slow = new PayloadWriter();
                using JsonDocument document = JsonDocument.Parse(other, ValueLimits.Json);
                EventMetadataJson.Read(document.RootElement, EventTypes.RowInserted, schema, slow);
                read.Written.SequenceEqual(slow.Written).ShouldBeTrue($"seed {_seed}: {Encoding.UTF8.GetString(other)}");
            }
        }

        fast.ShouldBe(1000, $"seed {_seed}: all are read fast");
        changed.ShouldBeGreaterThan(100, $"seed {_seed}: some changes give other calls");
    }

    [Theory]
    [InlineData("map<u64,string>", """[["1","a\"b"],["2","\\\n\u0007"],["30",""]]""")]
    [InlineData("map<string,list<map<i8,bool>>>", """[["",[]],["a\t",[[],[[-1,true],[0,false]]]]]""")]
    [InlineData("string", "\"\\u00e9 \\ud83d\\ude00 \\/\"")]
    public void Maps_and_texts_with_escapes_are_read_without_documents(string type, string value)
    {
        ModuleSchema schema = RandomEvents.SchemaWith(DataType.Parse(type));
        byte[] json = Encoding.UTF8.GetBytes($$"""{"event":"told","payload":{{value}}}""");
        using var fast = new PayloadWriter();
        using var slow = new PayloadWriter();
        using JsonDocument document = JsonDocument.Parse(json, ValueLimits.Json);
        EventJson.Read(EventTypes.EventEmitted, document.RootElement, schema, slow);

        WrittenEventJson.TryReadPayload(EventTypes.EventEmitted, json, schema, fast).ShouldBeTrue();

        fast.Written.ToArray().ShouldBe(slow.Written.ToArray());
    }

    // The slow way puts keys into order, or says which stands twice.
    [Theory]
    [InlineData("map<u64,string>", """[["2","a"],["1","b"]]""")]
    [InlineData("map<u64,string>", """[["1","a"],["1","b"]]""")]
    [InlineData("string", "\"\\ud83d\"")]
    public void Keys_out_of_order_and_halves_of_surrogate_pairs_are_left_to_the_slow_way(string type, string value)
    {
        ModuleSchema schema = RandomEvents.SchemaWith(DataType.Parse(type));
        using var fast = new PayloadWriter();
        byte[] json = Encoding.UTF8.GetBytes($$"""{"event":"told","payload":{{value}}}""");

        WrittenEventJson.TryReadPayload(EventTypes.EventEmitted, json, schema, fast).ShouldBeFalse();

        fast.Length.ShouldBe(0);
    }

    private static byte[] Changed(byte[] json, Random random)
    {
        const string Likely = "0123456789-\"{}[],:eE.\\ nulltrue";
        List<byte> bytes = [.. json];
        int at = random.Next(bytes.Count);
        switch (random.Next(5))
        {
            case 0: bytes[at] = (byte)Likely[random.Next(Likely.Length)]; break;
            case 1: bytes.Insert(at, (byte)Likely[random.Next(Likely.Length)]); break;
            case 2: bytes.RemoveAt(at); break;
            case 3: bytes[at] = (byte)random.Next(256); break;
            default:
                int from = random.Next(bytes.Count);
                bytes.InsertRange(at, bytes.GetRange(from, random.Next(Math.Min(20, bytes.Count - from)) + 1));
                break;
        }

        return [.. bytes];
    }
}
