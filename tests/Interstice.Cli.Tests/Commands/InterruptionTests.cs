using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Ctrl-C, and readers that have gone.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    // More than a pipe holds, so that the program writes on after its reader has gone.
    [Fact]
    public async Task A_reader_that_goes_away_ends_the_program_quietly()
    {
        string[] options = ["--accounts", "50", "--transfers", "2000", "--seconds", "0.3"];
        ProgramResult demo = await _store.RunAsync(["demo", "--store", ".interstice", "-o", "json", .. options]);
        demo.ShouldSucceed();
        foreach (string command in (string[])["log-inspect", "rows bank.transfers"])
        {
            using RunningProgram program = _store.Start([.. command.Split(' '), "-o", "ndjson"]);
            string? line = await program.Output.ReadLineAsync(TestContext.Current.CancellationToken);
            line.ShouldNotBeNull();
            program.Output.Close();
            (int code, string errors) = await program.WaitForErrorsAsync();
            errors.ShouldBe("");
            code.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Ctrl_c_in_the_middle_of_the_demonstration_leaves_a_store_that_is_whole()
    {
        Requirement.Unix();
        Requirement.Interrupts();
        using RunningProgram demo = _store.Start(
            "demo",
            "--store",
            ".interstice",
            "--seconds",
            "600",
            "--transfers",
            "100000000");
        string? line;
        do line = await demo.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line is not null && !line.Contains("accounts opened", StringComparison.Ordinal));
        line.ShouldNotBeNull();
        demo.Interrupt();
        string rest = await demo.Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        (int code, string errors) = await demo.WaitForErrorsAsync();
        code.ShouldBe(130, rest + errors);
        errors.ShouldBe("interstice: interrupted; what was acknowledged is in the store\n");

        (await _store.RunAsync("log-verify")).ShouldSucceed();
        JsonElement check = (await _store.RunAsync("replay-check", "-o", "json")).ShouldSucceed().Json;
        check.GetProperty("deterministic").GetBoolean().ShouldBeTrue();
        (await _store.RunAsync("query", "bank.total")).ShouldSucceed();
    }

    [Fact]
    public async Task Ctrl_c_while_a_process_works_ends_that_process_too()
    {
        Requirement.Expect(
            Directory.Exists("/proc/self"),
            "proc",
            "run on a system with /proc, where processes are looked up");
        Requirement.Interrupts();
        using RunningProgram demo = _store.Start(
            "demo",
            "--store",
            ".interstice",
            "--seconds",
            "600",
            "--transfers",
            "100",
            "--accounts",
            "10");
        string? line;
        do line = await demo.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line is not null && !line.Contains("Kill a process", StringComparison.Ordinal));
        int worker = await FindChildAsync(demo.Id);
        demo.Interrupt();
        (await demo.WaitAsync()).ShouldBe(130);
        while (IsAlive(worker)) await Task.Yield();
        (await _store.RunAsync("call", "bank.deposit", "1", "1")).ShouldSucceed();
    }

    private static async Task<int> FindChildAsync(int parent)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            foreach (string path in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(path), out int id) && ParentOf(id) == parent) return id;
            }

            await Task.Yield();
        }
    }

    private static bool IsAlive(int id) => ParentOf(id) is not null && StateOf(id) != "Z";

    private static int? ParentOf(int id) => StatusOf(id, "PPid:") is { } parent ? int.Parse(parent) : null;

    private static string? StateOf(int id) => StatusOf(id, "State:")?[..1];

    private static string? StatusOf(int id, string name)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(
                line => line.StartsWith(name, StringComparison.Ordinal));
            return line?[name.Length..].Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
