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
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, all, Cancel);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(all);

        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 5), Cancel);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(MaxCount: 5));
    }

    [Fact]
    public async Task Properties_that_the_store_does_not_act_upon_are_given_back()
    {
        StreamName stream = Stream();
        StreamMetadata mine = new(MaxCount: 3, Properties: """{"$acl":{"$r":["a","b"]},"$cacheControl":5,"mine":{"grüße":[1,2.50,null,"✓"]}}""");
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, mine, Cancel);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(mine);
        await RestartAsync();
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(mine);

        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(Properties: """ { "b" : 1 } """), Cancel);
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(Properties: """{"b":1}"""));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("nothing")]
    [InlineData("""{"$tb":1}""")]
    [InlineData("""{"a":1}{"b":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    public async Task Properties_that_are_none_are_refused(string properties)
    {
        StreamName stream = Stream();
        await Should.ThrowAsync<ArgumentException>(async () => await Store.SetMetadataAsync(
            stream, ExpectedRevision.Any, new StreamMetadata(Properties: properties), Cancel));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.SetMetadataAsync(
            stream, ExpectedRevision.Any, new StreamMetadata(Properties: $$"""{"a":"{{new string('x', 70_000)}}"}"""), Cancel));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(StreamMetadata.Empty);
    }

    [Fact]
    public async Task Settings_are_set_under_an_expectation_of_themselves()
    {
        StreamName stream = Stream();
        await AppendAsync(stream, ExpectedRevision.NoStream, Events(3));

        (await Store.SetMetadataAsync(stream, ExpectedRevision.NoStream, new StreamMetadata(MaxCount: 1), Cancel))
            .ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(Revision.First);
        foreach (ExpectedRevision wrong in new[] { ExpectedRevision.NoStream, At(2) })
            (await Store.SetMetadataAsync(stream, wrong, new StreamMetadata(MaxCount: 2), Cancel))
                .ShouldBe(new AppendResult.WrongExpectedRevision(wrong, Revision.First));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(MaxCount: 1));
        (await Store.SetMetadataAsync(stream, At(0), new StreamMetadata(MaxCount: 3), Cancel))
            .ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(1));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(new StreamMetadata(MaxCount: 3));
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
                await Store.SetMetadataAsync(stream, ExpectedRevision.Any, wrong, Cancel));
        (await Store.GetMetadataAsync(stream, Cancel)).ShouldBe(StreamMetadata.Empty);
    }

    [Fact]
    public async Task A_truncated_front_is_not_read_and_changes_no_revision()
    {
        StreamName stream = await TenEventsAsync();
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(TruncateBefore: new Revision(6)), Cancel);

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
        await Store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 3), Cancel);
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
