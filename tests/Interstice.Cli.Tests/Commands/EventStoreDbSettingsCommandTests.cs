using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Settings of a store elsewhere: the option, else the environment, else appsettings.json.</summary>
public sealed class EventStoreDbSettingsCommandTests : IDisposable
{
    private const string Nobody = "esdb://127.0.0.1:1?tls=false";
    private const string Option = "--eventstoredb-connect-wait-ms";
    private const string Variable = "INTERSTICE_EVENTSTOREDB_CONNECT_WAIT_MS";

    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("modules")]
    [InlineData("run")]
    public async Task A_value_out_of_range_is_refused_with_the_place_where_it_stands(string command)
    {
        const string range = "takes 0 to 86400000 milliseconds, not";
        await WriteFileAsync("""{ "Interstice": { "EventStoreDb": { "ConnectWaitMs": -3 } } }""");
        (await _store.RunAsync(command, "--store", Nobody, Option, "-1")).ShouldFail(2, $"{Option} {range} \"-1\"");
        (await _store.RunWithAsync(Variable, "x", command, "--store", Nobody)).ShouldFail(2, $"{Variable} {range} \"x\"");
        (await _store.RunAsync(command, "--store", Nobody)).ShouldFail(2, $"appsettings.json, Interstice:EventStoreDb:ConnectWaitMs {range} \"-3\"");
        await WriteFileAsync("""{ "Interstice": { "EventStoreDb": { "ConnectWait": 3 } } }""");
        (await _store.RunAsync(command, "--store", Nobody)).ShouldFail(2, "no setting \"ConnectWait\"", "ConnectWaitMs", "docs/settings.md");
    }

    [Fact]
    public async Task The_connection_string_of_an_application_names_the_store_where_nothing_else_does()
    {
        await WriteFileAsync("""{ "Interstice": { "EventStoreDb": { "ConnectionString": "esdb://ann:secret@127.0.0.1:1?tls=false", "ConnectWaitMs": 0 } } }""");
        (await _store.RunAsync("modules")).ShouldFail(3, "127.0.0.1:1 cannot be reached").Errors.ShouldNotContain("secret");
        (await _store.RunAsync("modules", "--store", "esdb://127.0.0.2:1?tls=false")).ShouldFail(3, "127.0.0.2:1 cannot be reached");
        (await _store.RunAsync("log-verify")).ShouldFail(2, "esdb://127.0.0.1:1 is a server");
        await WriteFileAsync("""{ "Interstice": { "Store": "mine", "EventStoreDb": { "ConnectionString": "esdb://127.0.0.1:1" } } }""");
        (await _store.RunAsync("modules")).ShouldFail(3, "mine");
        await WriteFileAsync("""{ "Interstice": { "EventStoreDb": { "ConnectionString": "127.0.0.1:1" } } }""");
        (await _store.RunAsync("modules")).ShouldFail(2, "Interstice:EventStoreDb:ConnectionString begins neither with esdb://");
    }

    // Log lines tell of waiting: by default commands do, for five seconds.
    [Theory]
    [InlineData("nowhere")]
    [InlineData("option")]
    [InlineData("environment")]
    [InlineData("file")]
    public async Task A_setting_is_used_wherever_it_stands(string where)
    {
        string[] arguments = ["modules", "--store", Nobody, "--verbose"];
        if (where == "file") await WriteFileAsync("""{ "Interstice": { "EventStoreDb": { "ConnectWaitMs": 0 } } }""");
        ProgramResult result = where switch
        {
            "option" => await _store.RunAsync([.. arguments, Option, "0"]),
            "environment" => await _store.RunWithAsync(Variable, "0", arguments),
            _ => await _store.RunAsync(arguments),
        };
        result.Code.ShouldBe(3, result.Errors);
        result.Errors.ShouldContain("127.0.0.1:1 cannot be reached");
        result.Errors.Contains("Waiting for 127.0.0.1:1", StringComparison.Ordinal).ShouldBe(where == "nowhere", result.Errors);
    }

    private Task WriteFileAsync(string json) =>
        File.WriteAllTextAsync(Path.Join(_store.Directory, "appsettings.json"), json, TestContext.Current.CancellationToken);
}
