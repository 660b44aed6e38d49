using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Interstice.Cli.Demo;
using Interstice.Cli.Stores;

namespace Interstice.Cli.Commands;

/// <summary><c>demo</c>: the main job in one go.</summary>
internal static class DemoCommand
{
    private static readonly Option<long?> Accounts = NumberOptions.Count(
        "--accounts",
        "Accounts (default: 1000)",
        min: 2,
        max: 1_000_000);
    private static readonly Option<long?> Transfers = NumberOptions.Count(
        "--transfers",
        "Calls before the kill (default: 20000)",
        max: 100_000_000);
    private static readonly Option<long?> Callers = NumberOptions.Count(
        "--callers",
        "Concurrent callers (default: 16)",
        min: 1,
        max: 4096);
    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = "How long a process works at most before it is killed (default: 4)",
        HelpName = "S",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            bool isNumber = double.TryParse(text, CultureInfo.InvariantCulture, out double seconds);
            if (isNumber && seconds is >= 0.05 and <= 3600) return seconds;
            result.AddError($"--seconds takes a number, 0.05 to 3600, not \"{text}\"");
            return null;
        },
    };

    private static readonly Option<long?> Kills = NumberOptions.Count(
        "--kills",
        "How often a process is killed (default: 1)",
        min: 1,
        max: 100_000);
    private static readonly Option<long?> KillsAtStart = NumberOptions.Count(
        "--kills-at-start",
        "How many processes are killed while they start, after each kill (default: 0)",
        max: 100_000);
    private static readonly Option<long?> Seed = NumberOptions.Count(
        "--seed",
        "Seed of calls and moments of kills (default: random, shown)",
        "SEED");
    private static readonly Option<string?> Module = new("--module")
    {
        Description = "Name that the bank is published under, where the store has a bank already (default: bank)",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Keep = new("--keep") { Description = "Keep the throw-away store" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("demo", "A bank in WebAssembly: works, is killed with -9, rebuilds itself from the log, compares")
        {
            Accounts, Transfers, Callers, Seconds, Kills, KillsAtStart, Seed, Module, Keep,
        }.Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        var options = new DemoOptions
        {
            Accounts = (int)(parsed.GetValue(Accounts) ?? 1_000),
            Transfers = parsed.GetValue(Transfers) ?? 20_000,
            Callers = (int)(parsed.GetValue(Callers) ?? 16),
            Load = TimeSpan.FromSeconds(parsed.GetValue(Seconds) ?? 4),
            Kills = (int)(parsed.GetValue(Kills) ?? 1),
            KillsAtStart = (int)(parsed.GetValue(KillsAtStart) ?? 0),
            Seed = (ulong)(parsed.GetValue(Seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue)),
            Module = parsed.GetValue(Module) ?? BankBinary.Module,
            Engine = parsed.GetValue(GlobalOptions.Engine),
            StoreOptions = [.. session.JournalOptions, .. session.EventStoreDbOptions],
            Keeps = parsed.GetValue(Keep),
        };
        bool isThrownAway = session.StoreOption is null;
        string store = isThrownAway
            ? Directory.CreateTempSubdirectory("interstice-demo-").FullName
            : StoreAccess.NameOf(session);
        try
        {
            DemoReport report = await new DemoRun(session, options, store).RunAsync().ConfigureAwait(false);
            if (!session.IsText) session.Documents.WriteDocument(report.Write);
            else if (!isThrownAway || options.Keeps)
                session.Output.WriteLine($"      look around: interstice log-inspect --store {RemoteAddress.TryParse(store)?.Name ?? store} --limit 20");
            return report.IsClean ? ExitCode.Success : ExitCode.Failed;
        }
        finally
        {
            if (isThrownAway && !options.Keeps) Directory.Delete(store, recursive: true);
        }
    }
}
