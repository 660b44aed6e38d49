using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task Settings_of_a_stream_are_kept_and_replaced_as_a_whole()
    {
        StreamName stream = Stream();
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(StreamMetadata.Empty);

        StreamMetadata all = new(new Revision(3), 100, TimeSpan.FromHours(1));
        await Store.SetMetadataAsync(stream, all, Cancel);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(all);

        await Store.SetMetadataAsync(stream, new StreamMetadata(MaxCount: 5), Cancel);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(MaxCount: 5));
    }

    [Fact]
    public async Task Settings_out_of_range_are_refused()
    {
        StreamName stream = Stream();
        foreach (StreamMetadata wrong in new StreamMetadata[]
                 {
                     new(TruncateBefore: Revision.None), new(MaxCount: 0), new(MaxAge: TimeSpan.Zero),
                     new(MaxAge: TimeSpan.FromSeconds(1.5)),
                 })
            await Should.ThrowAsync<ArgumentOutOfRangeException>(async () =>
                await Store.SetMetadataAsync(stream, wrong, Cancel));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(StreamMetadata.Empty);
    }

    [Fact]
    public async Task A_truncated_front_is_not_read_and_changes_no_revision()
    {
        StreamName stream = await TenEventsAsync();
        await Store.SetMetadataAsync(stream, new StreamMetadata(TruncateBefore: new Revision(6)), Cancel);

        (await ReadAsync(stream)).Select(r => r.Revision.Value).ShouldBe([6, 7, 8, 9]);
        (await CollectAsync(Store.ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, cancellationToken: Cancel)))
            .Select(r => r.Text).ShouldBe(["9", "8", "7", "6"]);
        (await CollectAsync(Store.ReadStreamAsync(stream, ReadDirection.Forwards, new Revision(8), 1, Cancel)))
            .Select(r => r.Text).ShouldBe(["8"]);
        (await Store.GetLastRevisionAsync(stream, Cancel)).ShouldBe(new Revision(9));
        await AppendAsync(stream, At(9), Events(1, 10));
        (await TextsAsync(stream)).ShouldBe(Numbers(6, 11));
    }

    [Fact]
    public async Task Only_the_newest_events_are_read_of_a_stream_with_a_greatest_count()
    {
        StreamName stream = await TenEventsAsync();
        await Store.SetMetadataAsync(stream, new StreamMetadata(MaxCount: 3), Cancel);
        (await TextsAsync(stream)).ShouldBe(Numbers(7, 10));

        await AppendAsync(stream, At(9), Events(2, 10));
        (await TextsAsync(stream)).ShouldBe(Numbers(9, 12));
        (await CollectAsync(Store.ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, cancellationToken: Cancel)))
            .Select(r => r.Text).ShouldBe(["11", "10", "9"]);
    }

    [Fact]
    public async Task Metadata_streams_cannot_be_appended_to()
    {
        StreamName metadataStream = new("$$" + Stream().Value);
        await Should.ThrowAsync<ArgumentException>(async () =>
            await Store.AppendAsync(metadataStream, ExpectedRevision.Any, Events(1), Cancel));
        await Should.ThrowAsync<ArgumentException>(async () =>
            await Store.AppendAsync(Stream(), ExpectedRevision.Any, new[] { Event(type: "") }, Cancel));
        await Should.ThrowAsync<ArgumentException>(async () =>
            await Store.AppendAsync(Stream(), ExpectedRevision.Any, new[] { Event(type: new string('ü', 128)) }, Cancel));
    }
}
