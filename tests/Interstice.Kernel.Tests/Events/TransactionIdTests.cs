using Interstice.Kernel.Events;

namespace Interstice.Kernel.Tests.Events;

/// <summary>Goal: event ids are what docs/formats says, bit by bit. Method: one written out, and random ones taken apart.</summary>
public sealed class TransactionIdTests
{
    [Fact]
    public void An_event_id_is_the_transactions_bits_and_the_index_big_endian() =>
        new TransactionId(0x8182838485868788, 0x898a8b8c).EventId(0x0d0e0f10)
            .ShouldBe(Guid.Parse("81828384-8586-8788-898a-8b8c0d0e0f10"));

    [Fact]
    public void An_event_id_taken_apart_gives_transaction_and_index() => Tables.RandomTest.Run(20, random =>
    {
        var id = new TransactionId((ulong)random.NextInt64(long.MinValue, long.MaxValue), (uint)random.Next());
        int index = random.Next(1 << TransactionId.IndexBits);

        TransactionId.OfEvent(id.EventId(index), out int found).ShouldBe(id);

        found.ShouldBe(index);
        id.EventId(index).ToString("n").ShouldBe($"{id}{index:x8}");
    });

    [Fact]
    public void Events_of_a_transaction_in_several_streams_have_different_ids_and_the_index_of_their_stream() => Tables.RandomTest.Run(20, random =>
    {
        var id = new TransactionId((ulong)random.NextInt64(long.MinValue, long.MaxValue), (uint)random.Next());
        int index = random.Next(1 << TransactionId.IndexBits);
        int stream = random.Next(1, 2048);

        TransactionId.OfEvent(id.EventIdIn(stream, index), out int found).ShouldBe(id);

        found.ShouldBe(index);
        id.EventIdIn(stream, index).ShouldNotBe(id.EventIdIn(stream - 1, index));
        id.EventIdIn(0, index).ShouldBe(id.EventId(index));
    });

    [Theory]
    [InlineData(1 << TransactionId.IndexBits, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 2048)]
    [InlineData(0, -1)]
    public void No_id_is_made_of_an_index_or_a_stream_that_does_not_fit(int index, int stream) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new TransactionId(1, 2).EventIdIn(stream, index));

    [Fact]
    public void No_event_has_a_negative_index() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new TransactionId(1, 2).EventId(-1));
}
