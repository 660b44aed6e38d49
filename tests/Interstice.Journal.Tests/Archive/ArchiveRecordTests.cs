using System.Buffers.Binary;
using System.Text;
using Interstice.Journal.Archive;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

// Goal: a record is what docs/formats/archive.md says, and no damaged one passes.
public sealed class ArchiveRecordTests
{
    private const int HeaderBytes = 96;
    private const int SegmentHeaderBytes = 128;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_byte_of_a_record_is_the_one_that_the_page_on_the_format_says()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(4); // 3 is in the store
        string segment = Stores.Segments(made.Archive)[1];
        byte[] image = made.Archive.Read(segment);
        byte[] record = made.Store.Read(RecordOf(segment));
        byte[] directory = Encoding.UTF8.GetBytes(made.Archive.Directory);
        byte[] by = Encoding.UTF8.GetBytes($"{Environment.UserName}@{Environment.MachineName}");
        int dataEnd = (int)BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(56));
        image[dataEnd + 8].ShouldBe((byte)4, "a footer begins there");

        using MemoryStream expected = new();
        using BinaryWriter writer = new(expected);
        writer.Write("ISTARCHV"u8);
        writer.Write((ushort)1);
        writer.Write(new byte[6]);
        writer.Write(image.AsSpan(16, 16)); // store id
        writer.Write(2L);
        writer.Write(image.AsSpan(40, 8)); // base position
        writer.Write((long)image.Length);
        writer.Write((long)dataEnd);
        writer.Write(record.AsSpan(64, 8)); // the time, checked below
        writer.Write(Crc32C.Compute(image));
        writer.Write(ChainOf(made.Store.Read(Stores.Segments(made.Store)[0])));
        writer.Write(directory.Length);
        writer.Write(by.Length);
        writer.Write(new byte[8]);
        writer.Write(directory);
        writer.Write(by);
        writer.Write(image.AsSpan(0, SegmentHeaderBytes));
        writer.Write(image.AsSpan(dataEnd));
        writer.Write(Crc32C.Compute(expected.ToArray()));
        record.ShouldBe(expected.ToArray());
        await using JournalStore store = await Stores.OpenAsync(made.FilesAlone);
        ArchivedSegment described = store.Archived[1];
        (described.Number, described.Name, described.Length).ShouldBe((2, segment, image.Length));
        (DateTimeOffset.UtcNow - described.At).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_record_of_version_1_written_by_hand_stands_for_its_segment()
    {
        string golden = Path.Join(AppContext.BaseDirectory, "Golden");
        using TemporaryDirectory directory = new();
        foreach (string file in Directory.EnumerateFiles(Path.Join(golden, "version-2")).Concat(Directory.EnumerateFiles(Path.Join(golden, "archive-1"))))
            File.Copy(file, Path.Join(directory.Path, Path.GetFileName(file)));
        File.Delete(Path.Join(directory.Path, "0000000001-00000000000000000000.segment"));
        StoreFiles files = new(new DirectoryFiles(directory.Path), new DirectoryFiles(Path.Join(golden, "version-2")));
        await using (JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = directory.Path }, null, files, Cancel))
        {
            ArchivedSegment archived = store.Archived.Single();
            (archived.Directory, archived.By).ShouldBe(("/archive", "operator"));
            archived.At.ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(1_767_323_100));
            int events = 0;
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel)) events += batch.Length;
            events.ShouldBe(GoldenStore.Expected.Count + 1);
        }

        VerificationReport report = await Stores.VerifyAsync(files);
        report.Errors.ShouldBeEmpty();
        report.Archived.Count.ShouldBe(1);
    }

    [Fact]
    public async Task No_record_with_a_flipped_bit_or_a_missing_end_passes_and_verification_names_it()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(4);
        string record = RecordOf(Stores.Segments(made.Archive)[0]);
        byte[] whole = made.Store.Read(record);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            made.Store.Replace(record, flipped);
            (await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(made.Files), $"byte {at}")).Segment.ShouldBe(1);
            made.Store.Replace(record, whole[..at]);
            await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(made.Files), $"length {at}");
            if (at % 50 > 0) continue;
            VerificationReport report = await Stores.VerifyAsync(made.Files);
            report.Errors.Single().Kind.ShouldBe(VerificationErrorKind.ArchiveRecord, $"length {at}");
            report.Errors[0].File.ShouldBe(record);
        }

        // The operator's way out: the segment from the archive, put back.
        string segment = Stores.Segments(made.Archive)[0];
        made.Store.Replace(segment, made.Archive.Read(segment));
        await made.CheckAsync("put back beside a damaged record");
    }

    [Fact]
    public async Task A_record_of_a_newer_version_is_refused_as_such()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(4);
        string record = RecordOf(Stores.Segments(made.Archive)[0]);
        byte[] newer = made.Store.Read(record);
        newer[8] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(newer.AsSpan(newer.Length - 4), Crc32C.Compute(newer.AsSpan(0, newer.Length - 4)));
        made.Store.Replace(record, newer);
        (await Should.ThrowAsync<EventStoreException>(async () => await Stores.OpenAsync(made.Files))).Kind
            .ShouldBe(EventStoreErrorKind.UnknownFormat);
    }

    [Fact]
    public async Task A_record_under_the_name_of_another_segment_does_not_pass()
    {
        ArchivedStore made = await ArchivedStore.MovedAsync(5);
        List<string> segments = Stores.Segments(made.Archive);
        made.Store.Replace(RecordOf(segments[1]), made.Store.Read(RecordOf(segments[0])));
        await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(made.Files));
    }

    private static string RecordOf(string segment) => Path.ChangeExtension(segment, ".archived");

    // What the header of the next segment says of the one before.
    private static uint ChainOf(byte[] nextSegment) => BinaryPrimitives.ReadUInt32LittleEndian(nextSegment.AsSpan(56));
}
