using System.CommandLine;
using Interstice.Cli.Inspection;
using Interstice.Cli.Stores;

namespace Interstice.Cli.Commands;

/// <summary><c>log-verify</c>: checks every byte of the log. Takes no lock, changes nothing.</summary>
internal static class LogVerifyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("log-verify", "Check every byte of the log; takes no lock and changes nothing").Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string directory = StoreAccess.ExistingDirectoryOf(session);
        LogVerificationReport report = await new LogVerification(session, directory).RunAsync().ConfigureAwait(false);
        if (session.IsText) WriteText(session, report);
        else session.Documents.WriteDocument(report.Write);
        return report.IsOk ? ExitCode.Success : ExitCode.Damaged;
    }

    private static void WriteText(Session session, LogVerificationReport report)
    {
        session.Output.WriteLine(report.Describe());
        foreach (LogError error in report.Errors) session.Output.WriteLine($"  {error.Kind}: {error}");
        session.Output.WriteLine(report switch
        {
            { IsOk: true } => "ok: every checksum, revision and transaction border is right",
            { Errors: [{ Kind: "tornTail" }] } =>
                "torn tail: a write that was cut off stands at the end; opening the store for writing drops it",
            _ => "DAMAGED: keep a copy of the store before anything else, then restore it from a backup",
        });
    }
}
