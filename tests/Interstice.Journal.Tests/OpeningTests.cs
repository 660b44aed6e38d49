using System.Buffers.Binary;
using System.Globalization;
using Interstice.Journal.Checksums;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

public sealed class OpeningTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_writer_is_refused_with_the_directory_and_the_process_that_has_it()
    {
        using TemporaryDirectory directory = new();
        JournalOptions options = new() { Directory = directory.Path };
        await using (JournalStore first = await JournalStore.OpenAsync(options, cancellationToken: Cancel))
        {
            EventStoreException e = await Should.ThrowAsync<EventStoreException>(
                async () => await JournalStore.OpenAsync(options, cancellationToken: Cancel));
            e.Kind.ShouldBe(EventStoreErrorKind.InUse);
            e.Message.ShouldContain(directory.Path);
            e.Message.ShouldContain(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }

        await using JournalStore again = await JournalStore.OpenAsync(options, cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_reader_beside_the_writer_sees_what_is_appended_and_rotated()
    {
        using TemporaryDirectory directory = new();
        JournalOptions options = new() { Directory = directory.Path, SegmentBytes = JournalOptions.SegmentBytesMin };
        await using JournalStore writer = await JournalStore.OpenAsync(options, cancellationToken: Cancel);
        await using JournalStore reader =
            await JournalStore.OpenAsync(options with { ReadOnly = true }, cancellationToken: Cancel);
        await using Follower follower = new(reader.SubscribeToStreamAsync(Stores.Stream, Revision.None, Cancel));
        (await follower.UntilCaughtUpAsync()).ShouldBeEmpty();

        for (int i = 0; i < 100; i++)
        {
            await Stores.AppendAsync(writer, i.ToString(CultureInfo.InvariantCulture), padding: 100);
            if (i % 10 == 0) (await Stores.TextsAsync(reader)).ShouldBe(Stores.Numbers(i + 1));
        }

        (await follower.TakeAsync(100)).ShouldBe(Stores.Numbers(100));
        (await JournalVerifier.VerifyAsync(directory.Path, cancellationToken: Cancel)).Errors.ShouldBeEmpty();
        EventStoreException e = await Should.ThrowAsync<EventStoreException>(() => Stores.AppendAsync(reader, "no"));
        e.Kind.ShouldBe(EventStoreErrorKind.ReadOnly);
    }

    [Fact]
    public async Task A_verification_beside_the_writer_finds_nothing_wrong()
    {
        using TemporaryDirectory directory = new();
        JournalOptions options = new() { Directory = directory.Path, SegmentBytes = 64 * 1024 };
        await using JournalStore writer = await JournalStore.OpenAsync(options, cancellationToken: Cancel);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++) await Stores.AppendAsync(writer, $"{i}", padding: i);
        }, Cancel);
        do (await JournalVerifier.VerifyAsync(directory.Path, cancellationToken: Cancel)).Errors.ShouldBeEmpty();
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task Where_there_is_no_journal_reading_and_verifying_say_so_and_make_nothing()
    {
        using TemporaryDirectory directory = new();
        string missing = Path.Join(directory.Path, "missing");
        foreach (string path in new[] { directory.Path, missing })
        {
            JournalOptions options = new() { Directory = path, ReadOnly = true };
            EventStoreException e = await Should.ThrowAsync<EventStoreException>(
                async () => await JournalStore.OpenAsync(options, cancellationToken: Cancel));
            e.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
            e.Message.ShouldContain(path);
            await Should.ThrowAsync<EventStoreException>(async () => await JournalStore.OpenAsync(
                options with { ReadOnly = false, CreateIfMissing = false }, cancellationToken: Cancel));
            await Should.ThrowAsync<EventStoreException>(
                async () => await JournalVerifier.VerifyAsync(path, cancellationToken: Cancel));
        }

        Directory.EnumerateFileSystemEntries(directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_directory_is_made_with_its_parents()
    {
        using TemporaryDirectory directory = new();
        string path = Path.Join(directory.Path, "a", "b", "c");
        await using (JournalStore store =
                     await JournalStore.OpenAsync(new JournalOptions { Directory = path }, cancellationToken: Cancel))
        {
            store.Recovery.IsNew.ShouldBeTrue();
            await Stores.AppendAsync(store, "0");
        }

        await using JournalStore again =
            await JournalStore.OpenAsync(new JournalOptions { Directory = path }, cancellationToken: Cancel);
        again.Recovery.ShouldBe(new RecoveryReport(false, true, 1, 2, 1, 1, again.Recovery.Bytes, null));
    }

    [Theory]
    [InlineData(Stores.StoreFileName)]
    [InlineData("segment")]
    public async Task A_newer_format_is_refused_by_name_and_left_as_it_is(string which)
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 2);
        string name = which == "segment" ? Stores.Segments(files)[1] : which;
        byte[] bytes = files.Read(name);
        ushort version = (ushort)(which == "segment" ? 7 : 2);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), version);
        int checksumAt = which == "segment" ? 124 : 60;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(checksumAt), Crc32C.Compute(bytes.AsSpan(0, checksumAt)));
        files.Replace(name, bytes);

        await ExpectUntouchedAsync(files, name, $"version {version}");
    }

    [Fact]
    public async Task A_foreign_store_file_is_refused_by_name_and_left_as_it_is()
    {
        MemoryFiles files = new();
        files.Replace(Stores.StoreFileName, "SQLite format 3\0"u8.ToArray());
        await ExpectUntouchedAsync(files, Stores.StoreFileName, "does not begin");
    }

    [Fact]
    public async Task A_file_that_only_calls_itself_a_segment_is_refused_by_name_and_left_as_it_is()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 1);
        files.Replace("mine.segment", [1, 2, 3]);
        await ExpectUntouchedAsync(files, "mine.segment", "move it");
    }

    [Fact]
    public async Task Segments_without_their_store_file_are_refused_and_left_as_they_are()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 1);
        files.Delete(Stores.StoreFileName);
        EventStoreException e = await Should.ThrowAsync<EventStoreException>(async () => await Stores.OpenAsync(files));
        e.Kind.ShouldBe(EventStoreErrorKind.UnknownFormat);
        files.List().ShouldBe(Stores.Segments(files));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_missing_segment_is_damage_and_reported(int which)
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 3);
        files.Delete(Stores.Segments(files)[which]);

        await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(files));
        (await Stores.VerifyAsync(files)).Errors.ShouldContain(
            error => error.Kind == VerificationErrorKind.MissingSegment && error.Expected == $"{which + 1}");
    }

    [Fact]
    public async Task A_sealed_segment_cut_short_is_damage()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 2);
        string name = Stores.Segments(files)[0];
        byte[] image = files.Read(name);
        for (int length = 0; length < image.Length; length += 13)
        {
            files.Replace(name, image[..length]);
            await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(files, readOnly: true));
            (await Stores.VerifyAsync(files)).IsOk.ShouldBeFalse($"cut at {length}");
        }
    }

    [Fact]
    public async Task A_log_that_was_not_closed_is_recovered_whole_and_said_to_be_so()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 3, closes: false);
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            store.Recovery.WasClosedInOrder.ShouldBeFalse();
            store.Recovery.TornTail.ShouldBeNull();
            store.Recovery.Events.ShouldBe(events);
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events));
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_older_than_the_greatest_age_are_not_read()
    {
        ManualTime time = new();
        MemoryFiles files = new();
        await using JournalStore store = await JournalStore.OpenAsync(Stores.Options(), time, files, Cancel);
        for (int i = 0; i < 5; i++)
        {
            await Stores.AppendAsync(store, $"{i}");
            time.Now += TimeSpan.FromMinutes(1);
        }

        await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(MaxAge: TimeSpan.FromSeconds(150)), Cancel);

        (await Stores.TextsAsync(store)).ShouldBe(["3", "4"]);
        List<string> back = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                           Stores.Stream, ReadDirection.Backwards, Revision.End, cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) back.Add(RecordedCopy.Of(recorded).Text);
        back.ShouldBe(["4", "3"]);
        time.Now += TimeSpan.FromHours(1);
        (await Stores.TextsAsync(store)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 1, 1, 4096, "SegmentBytes")]
    [InlineData(2L << 30, 1, 1, 4096, "SegmentBytes")]
    [InlineData(4096, 0, 1, 4096, "QueueAppendsMax")]
    [InlineData(4096, 1, 0, 4096, "QueueBytesMax")]
    [InlineData(4096, 1, 1, 100, "GroupBytesMax")]
    public async Task A_setting_out_of_range_is_refused_by_name(
        long segmentBytes, int appends, long bytes, int groupBytes, string named)
    {
        JournalOptions options = new()
        {
            Directory = "/nowhere",
            SegmentBytes = segmentBytes,
            QueueAppendsMax = appends,
            QueueBytesMax = bytes,
            GroupBytesMax = groupBytes,
        };
        ArgumentException e = await Should.ThrowAsync<ArgumentException>(
            async () => await JournalStore.OpenAsync(options, cancellationToken: Cancel));
        e.ParamName.ShouldBe(named);
    }

    private static async Task ExpectUntouchedAsync(MemoryFiles files, string name, string says)
    {
        List<string> before = Contents(files);
        foreach (bool readOnly in new[] { false, true })
        {
            EventStoreException e = await Should.ThrowAsync<EventStoreException>(
                async () => await Stores.OpenAsync(files, readOnly: readOnly));
            e.Kind.ShouldBe(EventStoreErrorKind.UnknownFormat);
            e.Message.ShouldContain(name);
            e.Message.ShouldContain(says);
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldContain(error => error.Kind == VerificationErrorKind.UnknownFormat);
        Contents(files).SequenceEqual(before).ShouldBeTrue("a file was changed, made or removed");
    }

    private static List<string> Contents(MemoryFiles files) =>
        [.. files.List().Order(StringComparer.Ordinal).Select(file => file + Convert.ToHexString(files.Read(file)))];
}
