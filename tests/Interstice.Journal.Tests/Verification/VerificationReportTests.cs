using Interstice.Journal.Verification;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Verification;

// Goal: a report says what is in each segment, what stands behind the log, and which files are no part of it. Method: stores with one of each.
public sealed class VerificationReportTests
{
    private const string FirstSegment = "0000000001-00000000000000000000.segment";

    [Fact]
    public async Task Results_of_segments_follow_each_other_and_add_up()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 4);
        VerificationReport report = await Stores.VerifyAsync(files);
        report.SegmentResults.Select(result => result.Number).ShouldBe([1, 2, 3, 4]);
        report.SegmentResults.Select(result => result.File).ShouldBe(Stores.Segments(files));
        report.SegmentResults.Select(result => result.IsSealed).ShouldBe([true, true, true, false]);
        report.SegmentResults.Sum(result => result.Events).ShouldBe(events);
        report.SegmentResults.Sum(result => result.Frames).ShouldBe(report.Frames);
        ulong position = 0;
        foreach (SegmentResult result in report.SegmentResults)
        {
            result.Position.ShouldBe(position);
            result.Errors.ShouldBe(0);
            position += (ulong)result.Bytes;
        }

        position.ShouldBe((ulong)report.Bytes);
        report.TornTail.ShouldBeNull();
        report.OtherFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task Errors_are_counted_where_they_are()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 4);
        byte[] image = files.Read(Stores.Segments(files)[1]);
        image[200] ^= 1;
        image[1500] ^= 1;
        files.Replace(Stores.Segments(files)[1], image);
        VerificationReport report = await Stores.VerifyAsync(files);
        report.Errors.Count.ShouldBeGreaterThanOrEqualTo(2);
        report.SegmentResults.Select(result => result.Errors).ShouldBe([0, report.Errors.Count(error => error.Segment == 2), report.Errors.Count(error => error.Segment == 3), 0]);
    }

    [Fact]
    public async Task A_torn_tail_is_measured()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 2);
        VerificationReport whole = await Stores.VerifyAsync(files);
        byte[] image = files.Read(Stores.Segments(files)[^1]);
        int end = (int)whole.SegmentResults[^1].Bytes;
        image[end + 30] = 7;
        files.Replace(Stores.Segments(files)[^1], image);
        VerificationReport report = await Stores.VerifyAsync(files);
        report.TornTail.ShouldBe(new TornTail(2, end, (ulong)whole.Bytes, 31));
        report.Errors.ShouldHaveSingleItem().Kind.ShouldBe(VerificationErrorKind.TornTail);
        report.SegmentResults[^1].Errors.ShouldBe(1);
    }

    [Theory]
    [InlineData("prepared.segment.new", OtherFileKind.PreparedSegment, true)]
    [InlineData("interstice.journal.new", OtherFileKind.UnfinishedStoreFile, true)]
    [InlineData("0000000001-00000000000000000000.archived.new", OtherFileKind.UnfinishedArchiveRecord, true)]
    [InlineData("repair.intent.new", OtherFileKind.UnfinishedRepair, true)]
    [InlineData(FirstSegment + ".repaired", OtherFileKind.UnfinishedRepair, true)]
    [InlineData("repair.intent", OtherFileKind.BegunRepair, false)]
    [InlineData("notes.txt", OtherFileKind.Foreign, false)]
    [InlineData(FirstSegment + ".bak", OtherFileKind.Foreign, false)]
    public async Task A_file_that_is_no_part_of_the_log_is_named_and_no_error(string name, OtherFileKind kind, bool mayBeDeleted)
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 2);
        files.Replace(name, new byte[5]);
        VerificationReport report = await Stores.VerifyAsync(files);
        OtherFile other = report.OtherFiles.ShouldHaveSingleItem();
        other.ShouldBe(new OtherFile(name, kind, 5));
        other.MayBeDeleted.ShouldBe(mayBeDeleted);
        report.IsOk.ShouldBeTrue();
    }

    // What may be deleted is what an opening for writing deletes; what an opening leaves alone may not be.
    [Fact]
    public async Task Opening_removes_exactly_the_files_that_may_be_deleted()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 2);
        string[] names = ["prepared.segment.new", "interstice.journal.new", "0000000001-00000000000000000000.archived.new", "repair.intent.new", FirstSegment + ".repaired", "notes.txt", "a.bak"];
        foreach (string name in names) files.Replace(name, new byte[5]);
        IReadOnlyList<OtherFile> before = (await Stores.VerifyAsync(files)).OtherFiles;
        before.Count.ShouldBe(names.Length);
        await (await Stores.OpenAsync(files)).DisposeAsync();
        (await Stores.VerifyAsync(files)).OtherFiles.ShouldBe(before.Where(file => !file.MayBeDeleted));
    }
}
