using EventStore.Client;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

public sealed class ValueTests
{
    [Fact]
    public void A_uuid_is_the_halves_of_its_text()
    {
        var uuid = Uuid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        uuid.ShouldBe(Uuid.FromInt64(0x0011223344556677, unchecked((long)0x8899aabbccddeeff)));
        uuid.ShouldBe(Uuid.FromGuid(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")));
        uuid.ToString().ShouldBe("00112233-4455-6677-8899-aabbccddeeff");
        Uuid.FromGuid(uuid.ToGuid()).ShouldBe(uuid);
        Uuid.NewUuid().ShouldNotBe(Uuid.NewUuid());
    }

    [Fact]
    public void A_position_is_ordered_written_and_read()
    {
        var position = new Position(7, 5);
        (position > new Position(7, 4)).ShouldBeTrue();
        (position < new Position(8, 0)).ShouldBeTrue();
        Position.End.CompareTo(position).ShouldBe(1);
        Position.TryParse(position.ToString(), out Position? read).ShouldBeTrue();
        read.ShouldBe(position);
        Position.TryParse("7/5", out _).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => new Position(1, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => new Position(ulong.MaxValue - 1, 0));
    }

    [Fact]
    public void A_place_in_a_stream_is_a_number_with_an_end()
    {
        StreamPosition.FromInt64(-1).ShouldBe(StreamPosition.End);
        StreamPosition.End.ToInt64().ShouldBe(-1);
        StreamPosition.Start.Next().ToUInt64().ShouldBe(1UL);
        StreamRevision.None.ToInt64().ShouldBe(-1);
        StreamRevision.FromStreamPosition(3).ShouldBe(new StreamRevision(3));
        (new StreamRevision(3) + 2 - 1).ShouldBe(new StreamRevision(4));
        Should.Throw<ArgumentOutOfRangeException>(() => new StreamPosition(ulong.MaxValue - 1));
        Should.Throw<ArgumentException>(() => FromStream.After(StreamPosition.End));
        Should.Throw<ArgumentException>(() => FromAll.After(Position.End));
        (FromStream.Start < FromStream.After(0)).ShouldBeTrue();
        (FromStream.After(9) < FromStream.End).ShouldBeTrue();
        (FromAll.After(new Position(9, 9)) > FromAll.Start).ShouldBeTrue();
        ((int)StreamState.Any, (int)StreamState.NoStream, (int)StreamState.StreamExists).ShouldBe((-2, -1, -4));
    }

    [Fact]
    public void A_filter_has_prefixes_or_an_expression_and_a_window()
    {
        IEventFilter prefix = StreamFilter.Prefix("a", "b");
        prefix.Prefixes.Select(p => (string?)p).ShouldBe(["a", "b"]);
        prefix.MaxSearchWindow.ShouldBe(32U);
        ((string?)EventTypeFilter.ExcludeSystemEvents().Regex).ShouldBe(@"^[^\$].*");
        Should.Throw<ArgumentOutOfRangeException>(() => StreamFilter.RegularExpression("x", 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new SubscriptionFilterOptions(prefix, 0));
    }
}
