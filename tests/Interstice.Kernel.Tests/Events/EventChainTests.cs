using System.Security.Cryptography;
using System.Text;
using Interstice.Kernel.Events;

namespace Interstice.Kernel.Tests.Events;

/// <summary>Goal: the chain is what docs/formats/events.md says, byte for byte. Method: the bytes of each link are put together here
/// from the page and hashed.</summary>
public sealed class EventChainTests
{
    private static readonly StreamName Stream = StreamNames.Module("bank");

    [Fact]
    public void The_chain_begins_with_the_name_of_the_stream()
    {
        byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes("interstice chain 1\ninterstice-bank"));
        ChainValue.Start(Stream).ShouldBe(ChainValue.Read(expected));
        new EventChain(Stream).Value.ShouldBe(ChainValue.Read(expected));
        ChainValue.Start(StreamNames.Module("bank2")).ShouldNotBe(ChainValue.Read(expected));
    }

    [Fact]
    public void Random_links_have_the_values_that_the_page_describes()
    {
        Seeded.Run(200, random =>
        {
            var chain = new EventChain(Stream);
            long revision = 0;
            for (int link = random.Next(1, 6); link > 0; link--)
            {
                if (random.Next(3) == 0) Abandon(chain, random);
                RecordedEvent[] events = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Next(random, revision + i))];
                byte[] expected = Expected(chain.Value, events);
                chain.Begin(events[0].Revision);
                foreach (RecordedEvent recorded in events) chain.Add(recorded, hasValue: false);
                chain.End().ShouldBe(ChainValue.Read(expected));
                chain.Value.ShouldBe(ChainValue.Read(expected));
                revision += events.Length;
            }
        });
    }

    // Past a mebibyte the link is hashed in pieces.
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(5 << 20)]
    public void A_large_link_has_the_same_value_as_one_hashed_in_one_go(int bytes)
    {
        byte[] data = new byte[bytes];
        new Random(1).NextBytes(data);
        RecordedEvent[] events = [Next(new Random(1), 0) with { Data = data }, Next(new Random(2), 1), Next(new Random(3), 2)];
        var chain = new EventChain(Stream);
        byte[] expected = Expected(chain.Value, events);
        for (int run = 0; run < 2; run++)
        {
            chain.Begin(Revision.First);
            foreach (RecordedEvent recorded in events) chain.Add(recorded, hasValue: false);
            if (run == 1) chain.End().ShouldBe(ChainValue.Read(expected));
        }
    }

    [Fact]
    public void Computing_a_link_allocates_nothing()
    {
        var chain = new EventChain(Stream);
        RecordedEvent recorded = Next(new Random(1), 0);
        Link();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Link();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Link()
        {
            chain.Begin(recorded.Revision);
            chain.Add(recorded, hasValue: false);
            chain.End();
        }
    }

    [Fact]
    public void A_value_survives_its_text_and_nothing_else_is_one()
    {
        ChainValue value = ChainValue.Start(Stream);
        string text = value.ToString();
        text.Length.ShouldBe(64);
        ChainValue.TryParse(text, out ChainValue parsed).ShouldBeTrue();
        parsed.ShouldBe(value);
        ChainValue.TryParse(text.ToUpperInvariant(), out parsed).ShouldBeTrue();
        parsed.ShouldBe(value);
        foreach (string? other in new[] { null, "", text[1..], text + "0", "g" + text[1..], "+" + text[1..], " " + text[1..], text[..63] + " " })
            ChainValue.TryParse(other, out _).ShouldBeFalse(other);
    }

    [Fact]
    public void Metadata_of_a_link_by_itself_is_a_version_and_the_value()
    {
        ChainValue value = ChainValue.Start(Stream);
        byte[] bytes = ChainMetadata.ToBytes(value);
        byte[] expected = new byte[33];
        expected[0] = 1;
        value.Write(expected.AsSpan(1));
        bytes.ShouldBe(expected);
        ChainMetadata.Read(bytes).ShouldBe(value);
        ChainMetadata.Read([]).ShouldBeNull();
        for (int length = 1; length < bytes.Length; length++)
            Should.Throw<EventFormatException>(() => ChainMetadata.Read(bytes.AsSpan(0, length)));
        Should.Throw<EventFormatException>(() => ChainMetadata.Read([.. bytes, 0]));
        Should.Throw<EventFormatException>(() => ChainMetadata.Read([2, .. bytes[1..]]));
        Should.Throw<EventFormatException>(() => ChainMetadata.Read([0, .. bytes[1..]]));
    }

    [Fact]
    public void A_record_with_a_value_is_version_2_and_ends_with_it_and_one_without_is_version_1()
    {
        var record = new TransactionRecord
        {
            EventCount = 2,
            Reducer = "transfer",
            Arguments = new byte[] { 1, 2, 3 },
            Caller = Identity.Of("tests", "caller"),
            TimeUs = 5,
            Seed = 6,
            Code = CodeHash.Of([1]),
            Engine = "tests",
            Fuel = 7,
            Host = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            Epoch = 8,
            StateHash = 9,
            IdempotencyKey = "key",
            Result = new byte[] { 4 },
            Causation = new Guid("0f0e0d0c-0b0a-0908-0706-050403020100"),
        };
        byte[] without = Encode(record.Write);
        byte[] before = Encode(record.WriteBeforeChain);
        byte[] with = Encode((record with { Chain = ChainValue.Start(Stream) }).Write);

        (without[0], with[0]).ShouldBe(((byte)1, (byte)2));
        before.ShouldBe([2, .. without[1..]]);
        byte[] value = new byte[ChainValue.Bytes];
        ChainValue.Start(Stream).Write(value);
        with.ShouldBe([.. before, .. value]);
        TransactionRecord.Read(without).Chain.ShouldBeNull();
        TransactionRecord.ReadDigest(without).Chain.ShouldBeNull();
        TransactionRecord.Read(with).Chain.ShouldBe(ChainValue.Start(Stream));
        TransactionRecord.ReadDigest(with).ShouldBe(new(2, 8, 9, ChainValue.Start(Stream)));
        foreach (byte[] bytes in new[] { without, with })
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                Should.Throw<EventFormatException>(() => TransactionRecord.Read(bytes.AsSpan(0, length)));
                Should.Throw<EventFormatException>(() => TransactionRecord.ReadDigest(bytes.AsSpan(0, length)));
            }
        }

        Should.Throw<EventFormatException>(() => TransactionRecord.Read([3, .. with[1..]])).Message.ShouldContain("version 3");
    }

    private static void Abandon(EventChain chain, Random random)
    {
        chain.Begin(new Revision(random.Next(100)));
        chain.Add(Next(random, 1), hasValue: false);
    }

    private static byte[] Expected(ChainValue before, RecordedEvent[] events)
    {
        using var bytes = new PayloadWriter();
        bytes.ChainValue(before);
        bytes.Int64(events[0].Revision.Value);
        foreach (RecordedEvent recorded in events)
        {
            bytes.Guid(recorded.Id);
            bytes.Byte(recorded.IsJson ? (byte)1 : (byte)0);
            bytes.String(recorded.Type);
            bytes.Bytes(recorded.Data.Span);
            bytes.Bytes(recorded.Metadata.Span);
        }

        return SHA256.HashData(bytes.Written);
    }

    private static RecordedEvent Next(Random random, long revision)
    {
        byte[] data = new byte[random.Next(2000)];
        byte[] metadata = new byte[random.Next(4) * 100];
        random.NextBytes(data);
        random.NextBytes(metadata);
        byte[] id = new byte[16];
        random.NextBytes(id);
        string type = random.Next(3) == 0 ? "Überweisung ✓" : EventTypes.RowInserted;
        return new(new Guid(id), Stream, new Revision(revision), default, 0, type, random.Next(2) == 0, data, metadata);
    }

    private static byte[] Encode(Action<PayloadWriter> write)
    {
        using var writer = new PayloadWriter();
        write(writer);
        return writer.Written.ToArray();
    }
}
