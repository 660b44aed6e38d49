using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Stores that are not there, or are something else.</summary>
public sealed class MissingStoreTests : IDisposable
{
    private readonly TestStore _store = new();

    public static TheoryData<string> CommandsThatNeedAStore =>
    [
        "call bank.transfer 1 2 3",
        "query bank.balance 1",
        "rows bank.accounts",
        "modules",
        "schema bank",
        "log-inspect",
        "log-verify",
        "replay-check",
    ];

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(CommandsThatNeedAStore))]
    public async Task A_missing_store_is_named_and_none_is_made(string line)
    {
        ProgramResult result = await _store.RunAsync(line.Split(' '));
        result.ShouldFail(3, "there is no store in .interstice", "--store", "interstice publish FILE");
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(CommandsThatNeedAStore))]
    public async Task A_directory_without_a_journal_is_no_store(string line)
    {
        Directory.CreateDirectory(_store.Path);
        ProgramResult result = await _store.RunAsync(line.Split(' '));
        result.ShouldFail(3, "there is no journal in", ".interstice");
        Directory.EnumerateFileSystemEntries(_store.Path).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(CommandsThatNeedAStore))]
    public async Task A_file_is_no_store(string line)
    {
        await File.WriteAllTextAsync(_store.Path, "not a store", TestContext.Current.CancellationToken);
        (await _store.RunAsync(line.Split(' '))).ShouldFail(3, ".interstice is a file; a store is a directory");
    }

    [Fact]
    public async Task A_store_cannot_be_made_inside_a_file()
    {
        await File.WriteAllTextAsync(_store.Path, "not a store", TestContext.Current.CancellationToken);
        ProgramResult result = await _store.RunAsync(
            "publish",
            TestStore.BankFile,
            "--store",
            Path.Join(_store.Path, "sub"));
        result.ShouldFail(3, "sub");
    }

    [Fact]
    public async Task A_directory_that_may_not_be_written_is_refused_with_a_sentence()
    {
        Requirement.NotRoot();
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_store.Directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        ProgramResult result = await _store.RunAsync("publish", TestStore.BankFile);
        File.SetUnixFileMode(
            _store.Directory,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        result.ShouldFail(3, ".interstice");
    }

    [Theory]
    [InlineData("log-verify")]
    [InlineData("log-repair --mode skip")]
    [InlineData("log-archive")]
    [InlineData("backup copy")]
    [InlineData("restore copy")]
    public async Task A_command_about_files_refuses_a_server(string line)
    {
        ProgramResult result = await _store.RunAsync([.. line.Split(' '), "--store", "esdb://joe:secret@127.0.0.1:1?tls=false"]);
        result.ShouldFail(2, "about the files of an embedded journal", "esdb://127.0.0.1:1 is a server", "--store");
        result.Errors.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_without_its_password()
    {
        ProgramResult result = await _store.RunWithAsync("INTERSTICE_STORE", "esdb://joe:secret@127.0.0.1:1?tls=false", "modules");
        result.ShouldFail(3, "127.0.0.1:1");
        result.Errors.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("esdb://")]
    [InlineData("esdb://127.0.0.1:x")]
    [InlineData("esdb://joe:secret:more@127.0.0.1:1")]
    public async Task An_address_that_is_none_is_refused_without_being_repeated(string address)
    {
        ProgramResult result = await _store.RunWithAsync("INTERSTICE_STORE", address, "modules");
        result.ShouldFail(2, "connection string");
        result.Errors.ShouldNotContain("secret");
    }
}
