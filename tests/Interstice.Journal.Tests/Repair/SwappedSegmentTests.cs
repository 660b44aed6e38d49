using Interstice.Journal.Repair;
using Interstice.Journal.Verification;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Repair;

// Goal: two segments with each other's names cost nothing, since whoever looks is told which they are.
public sealed class SwappedSegmentTests
{
    [Fact]
    public async Task Segments_with_each_others_names_are_told_apart_by_the_report_and_renaming_them_mends_all()
    {
        MemoryFiles whole = await Damages.StoreAsync();
        MemoryFiles files = Damages.Apply(whole, "swapped segments");
        List<string> names = Stores.Segments(whole);
        RepairReport report = await JournalRepair.PlanAsync(
            files, RepairMode.Skip, cancellationToken: TestContext.Current.CancellationToken);
        Told(names[2]).ShouldContain($"its header is that of {names[3]}");
        Told(names[3]).ShouldContain($"its header is that of {names[2]}");
        report.Lost.ShouldNotBeEmpty("as they are, both are lost");

        VerificationError header = (await Stores.VerifyAsync(files)).Errors.First(error => error.Kind == VerificationErrorKind.Header);
        header.Expected.ShouldStartWith("segment 3 of store ");
        header.Found.ShouldStartWith("segment 4 of store ");

        byte[] third = files.Read(names[3]);
        files.Replace(names[3], files.Read(names[2]));
        files.Replace(names[2], third);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        (await JournalRepair.PlanAsync(files, RepairMode.Skip, cancellationToken: TestContext.Current.CancellationToken)).Findings.ShouldBeEmpty();

        string Told(string file) => string.Join('\n', report.Findings.Where(finding => finding.File == file).Select(finding => finding.What));
    }
}
