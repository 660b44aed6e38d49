using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

public abstract partial class EventStoreContract
{
    /// <summary>Start, most events, first and last revision that come, of a stream of ten; -1 and -1 for none.</summary>
    public static TheoryData<long, long, int, int> ForwardReads => new()
    {
        { 0, long.MaxValue, 0, 9 }, { 0, 1, 0, 0 }, { 3, 4, 3, 6 }, { 9, 5, 9, 9 }, { 10, 5, -1, -1 }, { 1000, 5, -1, -1 },
        { long.MaxValue, 5, 9, 9 },
    };

    /// <summary>The same backwards.</summary>
    public static TheoryData<long, long, int, int> BackwardReads => new()
    {
        { long.MaxValue, long.MaxValue, 9, 0 }, { long.MaxValue, 1, 9, 9 }, { 5, 3, 5, 3 }, { 2, 100, 2, 0 }, { 0, 1, 0, 0 },
        { 1000, 2, 9, 8 },
    };

    [Theory]
    [MemberData(nameof(ForwardReads))]
    public async Task A_forward_read_gives_the_revisions_asked_for(long from, long maxCount, int first, int last)
    {
        StreamName stream = await TenEventsAsync();

        List<RecordedCopy> recorded = await CollectAsync(
            Store.ReadStreamAsync(stream, ReadDirection.Forwards, new Revision(from), maxCount, Cancel));

        recorded.Select(r => r.Text).ShouldBe(first < 0 ? [] : Numbers(first, last + 1));
    }

    [Theory]
    [MemberData(nameof(BackwardReads))]
    public async Task A_backward_read_gives_the_revisions_asked_for(long from, long maxCount, int first, int last)
    {
        StreamName stream = await TenEventsAsync();

        List<RecordedCopy> recorded = await CollectAsync(
            Store.ReadStreamAsync(stream, ReadDirection.Backwards, new Revision(from), maxCount, Cancel));

        recorded.Select(r => r.Text).ShouldBe(Numbers(last, first + 1).AsEnumerable().Reverse());
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_has_no_events_and_no_last_revision()
    {
        StreamName stream = Stream("missing");
        (await ReadAsync(stream)).ShouldBeEmpty();
        (await CollectAsync(Store.ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, 1, Cancel))).ShouldBeEmpty();
        (await Store.GetLastRevisionAsync(stream, Cancel)).ShouldBe(Revision.None);

        await AppendAsync(stream, ExpectedRevision.NoStream, Events(3));
        (await Store.GetLastRevisionAsync(stream, Cancel)).ShouldBe(new Revision(2));
    }

    [Fact]
    public async Task A_long_stream_reads_the_same_in_both_directions()
    {
        StreamName stream = Stream();
        StreamName between = Stream("between");
        for (int i = 0; i < 200; i++)
        {
            await AppendAsync(stream, At(i * 7 - 1), Events(7, i * 7));
            if (i % 3 == 0) await AppendAsync(between, ExpectedRevision.Any, Event(new string('b', i * 20)));
        }

        (await TextsAsync(stream)).ShouldBe(Numbers(0, 1400));
        List<RecordedCopy> back = await CollectAsync(
            Store.ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, cancellationToken: Cancel));
        back.Select(r => r.Revision.Value).ShouldBe(Enumerable.Range(0, 1400).Reverse().Select(i => (long)i));
        back.Select(r => r.Text).ShouldBe(Numbers(0, 1400).AsEnumerable().Reverse());
        List<RecordedCopy> middle = await CollectAsync(
            Store.ReadStreamAsync(stream, ReadDirection.Backwards, new Revision(700), 500, Cancel));
        middle.Select(r => r.Text).ShouldBe(Numbers(201, 701).AsEnumerable().Reverse());
    }

    [Fact]
    public async Task The_whole_store_is_read_in_the_order_of_positions_across_streams()
    {
        StreamName left = Stream("whole-left");
        StreamName right = Stream("whole-right");
        for (int i = 0; i < 10; i++)
        {
            await AppendAsync(left, ExpectedRevision.Any, Events(1, 2 * i));
            await AppendAsync(right, ExpectedRevision.Any, Events(1, 2 * i + 1));
        }

        EventFilter both = new EventFilter.StreamPrefix([left.Value, right.Value]);
        List<RecordedCopy> all = await CollectAsync(
            Store.ReadAllAsync(ReadDirection.Forwards, Position.Start, both, cancellationToken: Cancel));
        all.Select(r => r.Text).ShouldBe(Numbers(0, 20));
        for (int i = 1; i < all.Count; i++) (all[i - 1].Position < all[i].Position).ShouldBeTrue();

        List<RecordedCopy> onlyLeft = await CollectAsync(
            Store.ReadAllAsync(ReadDirection.Forwards, Position.Start, OnlyStream(left), 4, Cancel));
        onlyLeft.Select(r => r.Text).ShouldBe(["0", "2", "4", "6"]);

        List<RecordedCopy> back = await CollectAsync(
            Store.ReadAllAsync(ReadDirection.Backwards, Position.End, both, 5, Cancel));
        back.Select(r => r.Text).ShouldBe(["19", "18", "17", "16", "15"]);
    }

    [Fact]
    public async Task A_read_from_a_position_begins_with_it_forwards_and_before_it_backwards()
    {
        StreamName stream = Stream("positioned");
        await AppendAsync(stream, ExpectedRevision.NoStream, Events(5));
        await AppendAsync(stream, ExpectedRevision.Any, Events(5, 5));
        List<RecordedCopy> recorded = await ReadAsync(stream);

        for (int i = 0; i < recorded.Count; i++)
        {
            List<RecordedCopy> forwards = await CollectAsync(Store.ReadAllAsync(
                ReadDirection.Forwards, recorded[i].Position, OnlyStream(stream), cancellationToken: Cancel));
            forwards.Select(r => r.Text).ShouldBe(Numbers(i, 10));
            List<RecordedCopy> backwards = await CollectAsync(Store.ReadAllAsync(
                ReadDirection.Backwards, recorded[i].Position, OnlyStream(stream), cancellationToken: Cancel));
            backwards.Select(r => r.Text).ShouldBe(Numbers(0, i).AsEnumerable().Reverse());
        }
    }

    [Fact]
    public async Task A_filter_by_type_gives_events_of_types_that_begin_so()
    {
        StreamName stream = Stream();
        string type = Stream("T").Value;
        await AppendAsync(stream, ExpectedRevision.NoStream,
            Event("0", type + "A"), Event("1", "Other"), Event("2", type + "B"), Event("3", "x" + type));

        EventFilter filter = new EventFilter.TypePrefix([type, "no such type"]);
        (await CollectAsync(Store.ReadAllAsync(ReadDirection.Forwards, Position.Start, filter, cancellationToken: Cancel)))
            .Select(r => r.Text).ShouldBe(["0", "2"]);
        (await CollectAsync(Store.ReadAllAsync(ReadDirection.Backwards, Position.End, filter, cancellationToken: Cancel)))
            .Select(r => r.Text).ShouldBe(["2", "0"]);
    }

    [Fact]
    public async Task A_cancelled_read_throws()
    {
        StreamName stream = await TenEventsAsync();
        CancellationToken cancelled = new(canceled: true);
        await Should.ThrowAsync<OperationCanceledException>(() => CollectAsync(
            Store.ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, cancellationToken: cancelled)));
        await Should.ThrowAsync<OperationCanceledException>(() => CollectAsync(
            Store.ReadAllAsync(ReadDirection.Backwards, Position.End, new EventFilter.All(), cancellationToken: cancelled)));
    }

    [Fact]
    public async Task A_restart_changes_nothing()
    {
        StreamName stream = await TenEventsAsync();
        EventData[] last = Events(2, 10);
        AppendResult.Appended original = await AppendAsync(stream, At(9), last);
        EventData[] unconditional = [Event("12")];
        AppendResult.Appended second = await AppendAsync(stream, ExpectedRevision.Any, unconditional);
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(TruncateBefore: new Revision(2)), Cancel);
        List<RecordedCopy> before = await ReadAsync(stream);

        await RestartAsync();

        (await ReadAsync(stream)).ShouldBe(before);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(TruncateBefore: new Revision(2)));
        (await Store.GetLastRevisionAsync(stream, Cancel)).ShouldBe(new Revision(12));
        (await Store.AppendAsync(stream, At(9), last, Cancel)).ShouldBe(original);
        (await Store.AppendAsync(stream, At(12), ReadOnlyMemory<EventData>.Empty, Cancel)).ShouldBe(second);
        await AppendAsync(stream, At(12), Events(1, 13));
        (await TextsAsync(stream)).ShouldBe(Numbers(2, 14));
    }

    private async Task<StreamName> TenEventsAsync()
    {
        StreamName stream = Stream("ten");
        await AppendAsync(stream, ExpectedRevision.NoStream, Events(4));
        await AppendAsync(stream, ExpectedRevision.Any, Events(6, 4));
        return stream;
    }
}
