using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_subscription_gives_what_is_there_then_says_so_then_goes_on_live()
    {
        StreamName stream = await TenEventsAsync();
        await using Follower follower = new(Store.SubscribeToStreamAsync(stream, Revision.None, Cancel));

        (await follower.UntilCaughtUpAsync()).ShouldBe(Numbers(0, 10));
        await AppendAsync(stream, At(9), Events(3, 10));
        (await follower.TakeAsync(3)).ShouldBe(Numbers(10, 13));
        await AppendAsync(stream, At(12), Events(1, 13));
        (await follower.TakeAsync(1)).ShouldBe(Numbers(13, 14));
        follower.TimesCaughtUp.ShouldBe(1);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(6, 7)]
    [InlineData(9, 10)]
    public async Task A_subscription_begins_after_the_revision_already_seen(int after, int first)
    {
        StreamName stream = await TenEventsAsync();
        await using Follower follower = new(Store.SubscribeToStreamAsync(stream, new Revision(after), Cancel));

        (await follower.UntilCaughtUpAsync()).ShouldBe(Numbers(first, 10));
        await AppendAsync(stream, At(9), Events(1, 10));
        (await follower.TakeAsync(1)).ShouldBe(Numbers(10, 11));
    }

    [Fact]
    public async Task A_stream_can_be_followed_before_it_exists()
    {
        StreamName stream = Stream("later");
        await using Follower follower = new(Store.SubscribeToStreamAsync(stream, Revision.None, Cancel));

        (await follower.UntilCaughtUpAsync()).ShouldBeEmpty();
        await AppendAsync(stream, ExpectedRevision.NoStream, Events(2));
        (await follower.TakeAsync(2)).ShouldBe(Numbers(0, 2));
    }

    [Fact]
    public async Task Nothing_is_missed_or_doubled_where_catching_up_ends_and_live_begins()
    {
        const int Count = 1000;
        StreamName stream = Stream("border");
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++) await AppendAsync(stream, At(i - 1), Events(1, i));
        });
        List<Task> following = [];
        for (int i = 0; i < 10; i++)
        {
            following.Add(FollowAsync(Store.SubscribeToStreamAsync(stream, Revision.None, Cancel)));
            following.Add(FollowAsync(Store.SubscribeToAllAsync(null, OnlyStream(stream), Cancel)));
            await Task.WhenAny(writing, AppendAsync(Stream("pace"), ExpectedRevision.Any, Events(1)));
        }

        await writing;
        await Task.WhenAll(following);

        static async Task FollowAsync(IAsyncEnumerable<SubscriptionMessage> subscription)
        {
            await using Follower follower = new(subscription);
            (await follower.TakeAsync(Count)).ShouldBe(Numbers(0, Count));
        }
    }

    [Fact]
    public async Task A_subscription_to_the_whole_store_resumes_after_a_position()
    {
        StreamName stream = await TenEventsAsync();
        List<RecordedCopy> recorded = await ReadAsync(stream);
        for (int i = 0; i < recorded.Count; i++)
        {
            await using Follower follower =
                new(Store.SubscribeToAllAsync(recorded[i].Position, OnlyStream(stream), Cancel));
            (await follower.UntilCaughtUpAsync()).ShouldBe(Numbers(i + 1, 10));
        }
    }

    [Fact]
    public async Task A_filtered_subscription_tells_how_far_it_has_looked()
    {
        StreamName wanted = Stream("wanted");
        StreamName other = Stream("other");
        await AppendAsync(wanted, ExpectedRevision.NoStream, Events(1));
        AppendResult.Appended last = await AppendAsync(other, ExpectedRevision.NoStream, Events(50));
        await using Follower follower = new(Store.SubscribeToAllAsync(null, OnlyStream(wanted), Cancel));

        (await follower.UntilCaughtUpAsync()).ShouldBe(Numbers(0, 1));
        (follower.Checkpoint >= last.Position).ShouldBeTrue();
        await using Follower resumed = new(Store.SubscribeToAllAsync(follower.Checkpoint, OnlyStream(wanted), Cancel));
        await AppendAsync(wanted, At(0), Events(1, 1));
        (await resumed.TakeAsync(1)).ShouldBe(Numbers(1, 2));
    }

    [Fact]
    public async Task A_cancelled_subscription_ends_with_the_cancellation()
    {
        StreamName stream = await TenEventsAsync();
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using Follower ofStream = new(Store.SubscribeToStreamAsync(stream, Revision.None, cancel.Token));
        await using Follower ofAll = new(Store.SubscribeToAllAsync(null, OnlyStream(stream), cancel.Token));
        await ofStream.UntilCaughtUpAsync();
        await ofAll.UntilCaughtUpAsync();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => ofStream.TakeAsync(1));
        await Should.ThrowAsync<OperationCanceledException>(() => ofAll.TakeAsync(1));
    }

    [Fact]
    public async Task A_subscription_passes_over_a_truncated_front()
    {
        StreamName stream = await TenEventsAsync();
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(TruncateBefore: new Revision(8)), Cancel);
        await using Follower follower = new(Store.SubscribeToStreamAsync(stream, Revision.None, Cancel));

        (await follower.UntilCaughtUpAsync()).ShouldBe(Numbers(8, 10));
        await AppendAsync(stream, At(9), Events(1, 10));
        (await follower.TakeAsync(1)).ShouldBe(Numbers(10, 11));
    }
}
