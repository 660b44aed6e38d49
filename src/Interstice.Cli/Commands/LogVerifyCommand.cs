using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Journal;
using Interstice.Journal.Verification;

namespace Interstice.Cli.Commands;

/// <summary><c>log-verify</c>: checks every byte of the log. Takes no lock, changes nothing.</summary>
internal static class LogVerifyCommand
{
    private static readonly Option<HeadPin[]> ExpectedHeads = new("--expect-head")
    {
        Description = "A value that a module's hash chain must have: at its end, or at a revision; repeatable",
        HelpName = "MODULE[@REVISION]=HASH",
        CustomParser = ParsePins,
    };

    private static readonly Option<bool> Segments =
        new("--segments") { Description = "List what was found in each segment, also in text; other formats always do" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("log-verify", "Check every byte of the log; takes no lock and changes nothing")
        {
            ExpectedHeads, Segments,
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string directory = StoreAccess.ExistingDirectoryOf(session);
        LogVerificationReport report = await new LogVerification(session, directory, parsed.GetValue(ExpectedHeads) ?? [])
            .RunAsync()
            .ConfigureAwait(false);
        if (session.IsText) WriteText(session, report, parsed.GetValue(Segments));
        else session.Documents.WriteDocument(report.Write);
        return report.IsOk ? ExitCode.Success : report.MissesArchiveOnly ? ExitCode.Unopened : ExitCode.Damaged;
    }

    private static void WriteText(Session session, LogVerificationReport report, bool listsSegments)
    {
        string seconds = report.Elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
        session.Output.WriteLine($"{report.Describe()}, in {seconds} s");
        if (listsSegments) WriteSegments(session, report.SegmentResults);
        foreach (ChainHead chain in report.Chains) session.Output.WriteLine(chain.ToString());
        foreach (LogError error in report.Errors) session.Output.WriteLine($"  {error.Kind}: {error}");
        OpenCommitPointText.Write(session.Output, report.OpenCommitPoints);
        foreach (JournalHole hole in report.Holes)
            session.Output.WriteLine(
                $"  hole: segment {hole.Segment}, position {hole.Position}, {hole.Bytes} bytes: a repair left out what was damaged");
        if (report.Archived.Count > 0)
            session.Output.WriteLine(
                $"  archived: {Count.Of(report.Archived.Count, "segment")}, the last to {report.Archived[^1].Directory} by {report.Archived[^1].By}");
        foreach (LeftoverFile file in report.OtherFiles) session.Output.WriteLine($"  other file: {file}");
        session.Output.WriteLine(report switch
        {
            { IsOk: true } => "ok: every checksum, revision, transaction border and hash chain is right",
            { MissesArchiveOnly: true } =>
                "NOT CHECKED: segments in the archive cannot be read now, nothing else is wrong; make the archive readable, and run it again",
            { Errors: [{ Kind: "tornTail" }] } =>
                "torn tail: a write that was cut off stands at the end; opening the store for writing drops it",
            { Errors: var errors } when errors.All(error => error.Stream is not null) =>
                "CHANGED: the files are whole, but not what was written; keep a copy, then compare the store with a backup",
            _ when report.Errors.All(error => error.Kind == "footer") =>
                "DAMAGED index: nothing is lost; interstice log-repair --mode skip --yes makes it again",
            _ => "DAMAGED: change nothing, keep a copy of the store, and follow docs/recovery.md",
        });
    }

    private static void WriteSegments(Session session, IReadOnlyList<SegmentResult> segments)
    {
        var table = new TextTable("segment#", "position#", "bytes#", "frames#", "events#", "state");
        foreach (SegmentResult segment in segments)
            table.Add(
                $"{segment.Number}",
                $"{segment.Position}",
                $"{segment.Bytes}",
                $"{segment.Frames}",
                $"{segment.Events}",
                segment.Errors > 0 ? Count.Of(segment.Errors, "error") : segment.IsSealed ? "sealed" : "open");
        table.Write(session.Output);
    }

    private static HeadPin[] ParsePins(ArgumentResult result)
    {
        List<HeadPin> pins = [];
        foreach (Token token in result.Tokens)
        {
            if (HeadPin.Parse(token.Value) is { } pin) pins.Add(pin);
            else result.AddError($"--expect-head takes {HeadPin.Form}, not \"{token.Value}\"");
        }

        return [.. pins];
    }
}
