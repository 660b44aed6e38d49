using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_deleted_stream_is_not_read_until_it_is_appended_to_and_goes_on_counting()
    {
        StreamName stream = await TenEventsAsync();
        (await DeleteAsync(stream, At(9))).Position.Commit.ShouldBeGreaterThan(0UL);

        (await ReadAsync(stream)).ShouldBeEmpty();
        (await CollectAsync(Store.ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, cancellationToken: Cancel))).ShouldBeEmpty();
        (await Store.GetMetadataAsync(stream, Cancel)).IsDeleted.ShouldBeTrue();
        await RestartAsync();
        (await ReadAsync(stream)).ShouldBeEmpty();
        (await AppendAsync(stream, ExpectedRevision.NoStream, Events(2, 10))).Revision.ShouldBe(new Revision(11));
        (await TextsAsync(stream)).ShouldBe(Numbers(10, 12));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(new Revision(10)));
        await RestartAsync();
        (await TextsAsync(stream)).ShouldBe(Numbers(10, 12));
        (await Store.AppendAsync(stream, ExpectedRevision.NoStream, Events(1), Cancel))
            .ShouldBe(new AppendResult.WrongExpectedRevision(ExpectedRevision.NoStream, new Revision(11)));
    }

    [Fact]
    public async Task A_deleted_stream_is_brought_back_by_every_expectation_but_that_it_exists()
    {
        foreach (ExpectedRevision expected in new[] { ExpectedRevision.NoStream, ExpectedRevision.Any, At(9) })
        {
            StreamName stream = Stream($"stream-{expected}".Replace(' ', '-'));
            await AppendAsync(stream, ExpectedRevision.NoStream, Events(10));
            await DeleteAsync(stream, ExpectedRevision.StreamExists);
            (await StreamFailureAsync(() => Store.AppendAsync(stream, ExpectedRevision.StreamExists, Events(1), Cancel).AsTask()))
                .ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await Store.AppendAsync(stream, At(3), Events(1), Cancel)).ShouldBeOfType<AppendResult.WrongExpectedRevision>();

            (await AppendAsync(stream, expected, Events(1, 10))).Revision.ShouldBe(new Revision(10));
            await AppendAsync(stream, ExpectedRevision.StreamExists, Events(1, 11));
            (await TextsAsync(stream)).ShouldBe(Numbers(10, 12));
        }
    }

    [Fact]
    public async Task A_deletion_keeps_the_other_settings_and_so_does_coming_back()
    {
        StreamName stream = await TenEventsAsync();
        StreamMetadata settings = new(new Revision(2), 7, TimeSpan.FromHours(1), """{"mine":1}""");
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, settings, Cancel);
        await DeleteAsync(stream, ExpectedRevision.Any);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(settings with { TruncateBefore = Revision.End });
        await AppendAsync(stream, ExpectedRevision.Any, Events(1, 10));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(settings with { TruncateBefore = new Revision(10) });
    }

    [Fact]
    public async Task A_stream_whose_every_event_is_truncated_is_not_deleted()
    {
        StreamName stream = await TenEventsAsync();
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(new Revision(10)), Cancel);

        (await ReadAsync(stream)).ShouldBeEmpty();
        (await Store.AppendAsync(stream, ExpectedRevision.NoStream, Events(1), Cancel))
            .ShouldBe(new AppendResult.WrongExpectedRevision(ExpectedRevision.NoStream, new Revision(9)));
        await AppendAsync(stream, ExpectedRevision.StreamExists, Events(1, 10));
        (await TextsAsync(stream)).ShouldBe(["10"]);
    }

    [Fact]
    public async Task A_stream_may_be_deleted_and_brought_back_again_and_again()
    {
        StreamName stream = Stream();
        for (int round = 0; round < 10; round++)
        {
            await AppendAsync(stream, ExpectedRevision.NoStream, Events(2, round * 3));
            await AppendAsync(stream, At((round * 3) + 1), Events(1, (round * 3) + 2));
            (await TextsAsync(stream)).ShouldBe(Numbers(round * 3, (round * 3) + 3));
            await DeleteAsync(stream, At((round * 3) + 2));
        }

        (await ReadAsync(stream)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DeletionKind.Soft)]
    [InlineData(DeletionKind.Tombstone)]
    public async Task A_deletion_under_an_expectation_that_is_not_met_changes_nothing(DeletionKind kind)
    {
        StreamName stream = await TenEventsAsync();
        foreach (ExpectedRevision wrong in new[] { ExpectedRevision.NoStream, At(3), At(12) })
            (await Store.DeleteAsync(stream, wrong, kind, Cancel)).ShouldBe(new DeleteResult.WrongExpectedRevision(wrong, new Revision(9)));
        (await TextsAsync(stream)).ShouldBe(Numbers(0, 10));
        await AppendAsync(stream, At(9), Events(1, 10));
    }

    [Fact]
    public async Task A_stream_that_is_not_there_may_be_deleted()
    {
        StreamName stream = Stream();
        await DeleteAsync(stream, ExpectedRevision.NoStream);
        (await ReadAsync(stream)).ShouldBeEmpty();
        (await AppendAsync(stream, ExpectedRevision.NoStream, Events(1))).Revision.ShouldBe(Revision.First);
        (await TextsAsync(stream)).ShouldBe(["0"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_closed_for_ever_answers_everything_with_that(bool isRestarted)
    {
        StreamName stream = await TenEventsAsync();
        StreamName never = Stream("never");
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 5), Cancel);
        await DeleteAsync(stream, At(9), DeletionKind.Tombstone);
        await DeleteAsync(never, ExpectedRevision.NoStream, DeletionKind.Tombstone);
        if (isRestarted) await RestartAsync();

        foreach (StreamName closed in new[] { stream, never })
        {
            foreach (ExpectedRevision expected in new[] { ExpectedRevision.Any, ExpectedRevision.NoStream, ExpectedRevision.StreamExists, At(9) })
            {
                (await StreamFailureAsync(() => Store.AppendAsync(closed, expected, Events(1), Cancel).AsTask()))
                    .ShouldBe(EventStoreErrorKind.StreamDeleted, $"{expected}");
                foreach (DeletionKind kind in Enum.GetValues<DeletionKind>())
                    (await StreamFailureAsync(() => Store.DeleteAsync(closed, expected, kind, Cancel).AsTask()))
                        .ShouldBe(EventStoreErrorKind.StreamDeleted, $"{kind} {expected}");
            }

            (await StreamFailureAsync(() => ReadAsync(closed))).ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await StreamFailureAsync(() => ReadAsync(new StreamName("$$" + closed.Value)))).ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await StreamFailureAsync(() => CollectAsync(Store.ReadStreamAsync(
                closed, ReadDirection.Backwards, Revision.End, cancellationToken: Cancel)))).ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await StreamFailureAsync(async () => await Store.GetLastRevisionAsync(closed, Cancel))).ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await StreamFailureAsync(async () => await Store.GetMetadataAsync(closed, Cancel))).ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await StreamFailureAsync(() => Store.SetMetadataAsync(closed, ExpectedRevision.Any, StreamMetadata.Empty, Cancel).AsTask()))
                .ShouldBe(EventStoreErrorKind.StreamDeleted);
            (await StreamFailureAsync(async () =>
            {
                await foreach (SubscriptionMessage _ in Store.SubscribeToStreamAsync(closed, Revision.None, Cancel))
                {
                }
            })).ShouldBe(EventStoreErrorKind.StreamDeleted);
        }

        List<RecordedCopy> all = await CollectAsync(
            Store.ReadAllAsync(ReadDirection.Forwards, Position.Start, OnlyStream(stream), cancellationToken: Cancel));
        all.Count.ShouldBe(11);
        all[^1].Type.ShouldBe(DeletionKinds.TombstoneType);
    }

    [Fact]
    public async Task Settings_cannot_be_deleted()
    {
        foreach (DeletionKind kind in Enum.GetValues<DeletionKind>())
            await Should.ThrowAsync<ArgumentException>(async () =>
                await Store.DeleteAsync(new StreamName("$$" + Stream().Value), ExpectedRevision.Any, kind, Cancel));
    }

    private async Task<DeleteResult.Deleted> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind = DeletionKind.Soft) =>
        (await Store.DeleteAsync(stream, expected, kind, Cancel)).ShouldBeOfType<DeleteResult.Deleted>();

    private static async Task<EventStoreErrorKind> StreamFailureAsync(Func<Task> call) =>
        (await Should.ThrowAsync<EventStoreException>(call)).Kind;
}
