using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Tables;

public sealed class EventTableTests
{
    private const string Pings =
        """{"table":{"name":"pings","columns":[{"name":"at","type":"u64"},{"name":"who","type":"string"}],"kind":"event"}}""";

    private const string Notes = """{"table":{"name":"notes","columns":[{"name":"id","type":"u64","primaryKey":true}]}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_read_in_their_own_transaction_in_the_order_of_emission_and_gone_in_the_next()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Pings, Notes);
        byte[][] rows = [.. Enumerable.Range(1, 3).Select(i => Ping(module, 9 - i, $"p{i}"))];

        var answers = await module.RunAsync(new Script()
            .Insert("pings", rows[0]).Insert("notes", Note(module, 1)).Insert("pings", rows[1])
            .Open("pings").Insert("pings", rows[2])
            .Scan("pings").Scan("pings", flags: 4).CountRows("pings").Next(0, 4096));

        answers[0].Content.ShouldBe(rows[0]);
        answers[5].Rows.ShouldBe(rows);
        answers[6].Rows.ShouldBe(rows.Reverse());
        answers[7].Value.ShouldBe(3);
        answers[8].Rows.ShouldBe(rows[..2], "the scan was opened before the third row");
        var later = await module.ReadAsync(new Script().CountRows("pings").Scan("pings"));
        (later[0].Value, later[1].Rows.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Rows_are_events_in_the_log_and_in_no_hash()
    {
        HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Pings, Notes);
        await module.RunAsync(new Script().Insert("notes", Note(module, 1)));
        var hash = await host.HashAsync("script");
        await module.RunAsync(new Script().Insert("pings", Ping(module, 7, "ann")).Insert("pings", Ping(module, 8, "bob")));
        (await host.HashAsync("script")).ShouldBe(hash);
        (await module.CountAsync("pings")).ShouldBe(0);
        (await host.RebuildAsync("script")).StateHash.ShouldBe(hash);

        (string text, JsonElement document) = await DecodeLastAsync(host);
        text.ShouldBe("! pings  at 8 who bob");
        (document.GetProperty("type").GetString(), document.GetProperty("table").GetString(), document.GetProperty("row").GetRawText())
            .ShouldBe(("EventEmitted", "pings", """{"at":"8","who":"bob"}"""));
        document.GetProperty("key").ValueKind.ShouldBe(JsonValueKind.Null);

        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync());
        (await again.HashAsync("script")).ShouldBe(hash);
        await (await ScriptedHost.FindAsync(again)).RunAsync(new Script().Insert("pings", Ping(module, 9, "cid")));
    }

    public static TheoryData<string, string> Misuses => new()
    {
        { "update", "update on event table \"pings\"" },
        { "delete", "delete on event table \"pings\"" },
        { "get", "get on event table \"pings\"" },
        { "bound", "scan of event table \"pings\" with a bound" },
        { "index", "no index \"who\"" },
        { "emit", "event \"pings\" is not declared" },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public async Task What_needs_a_key_traps_by_name(string misuse, string said)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Pings, Notes);
        Script script = new Script().Insert("pings", Ping(module, 1, "ann"));
        byte[] key = [1, 1, 0, 0, 0, 0, 0, 0, 0];
        _ = misuse switch
        {
            "update" => script.Update("pings", Ping(module, 1, "bob")),
            "delete" => script.Delete("pings", key),
            "get" => script.Get("pings", key),
            "bound" => script.Scan("pings", lower: key),
            "index" => script.Scan("pings", "who"),
            _ => script.Emit("pings", Ping(module, 1, "bob")),
        };
        CallOutcome.Trapped trapped = (await module.CallAsync(script)).ShouldBeOfType<CallOutcome.Trapped>();
        trapped.Kind.ShouldBe(ModuleTrapKind.Abi);
        trapped.Error.ShouldContain(said);
    }

    private static byte[] Ping(ScriptedHost module, int at, string who) => module.Row("pings", $$"""{"at":{{at}},"who":"{{who}}"}""");

    private static byte[] Note(ScriptedHost module, int id) => module.Row("notes", $$"""{"id":{{id}}}""");

    private static async Task<(string Text, JsonElement Document)> DecodeLastAsync(HostFixture host)
    {
        var decoder = new EventDecoder(host.Store);
        LoggedEvent? last = null;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Store.ReadStreamAsync(
            StreamNames.Module("script"), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                last = await decoder.DecodeAsync(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() }, Cancel);
        }

        using var json = new PayloadWriter();
        using (var writer = new Utf8JsonWriter(json)) EventDocument.Write(writer, last!);
        return (EventText.DescribeMutation(last!), JsonSerializer.Deserialize<JsonElement>(json.Written));
    }
}
