using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Tables;

/// <summary>Rows that leave out their last columns, which have defaults.</summary>
public sealed class DefaultTests
{
    private const string Accounts = """{"table":{"name":"t","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"owner","type":"string"},"""
        + """{"name":"plan","type":"string","default":"free"},{"name":"place","type":"i32","unique":true,"default":-1}],"""
        + """ "indexes":[{"name":"by_plan","columns":["plan","owner"]}]}}""";

    private static readonly byte[] Ann = [1, 3, 0, 0, 0, (byte)'a', (byte)'n', (byte)'n'];

    [Fact]
    public async Task A_default_of_every_type_completes_a_row_that_is_recorded_and_replayed_whole()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        (string Type, string Value)[] columns =
            [.. ValueSamples.Keys.Concat(ValueSamples.Floats).Concat(ValueSamples.Others).SelectMany(sample => sample.Values.Select(value => (sample.Type, value)))];
        ScriptedHost module = await ScriptedHost.PublishAsync(host, [.. ValueSamples.Types, .. columns.Select((column, i) => Declare(i, column.Type, column.Value))]);
        for (int i = 0; i < columns.Length; i++)
        {
            string row = $$"""{"id":1,"value":{{columns[i].Value}}}""";
            var answers = await module.RunAsync(new Script().Insert($"t{i}", [1]).Get($"t{i}", module.Key($"t{i}", "", "1")).Scan($"t{i}"));
            module.Text($"t{i}", answers[0].Content).ShouldBe(row, columns[i].Type);
            answers[0].Value.ShouldBe(answers[0].Content.Length);
            answers[1].Content.ShouldBe(answers[0].Content);
            answers[2].Rows.ShouldHaveSingleItem().ShouldBe(answers[0].Content);
        }

        var rebuilt = await host.RebuildAsync("script");
        rebuilt.StateHash.ShouldBe(await host.HashAsync("script"));
        for (int i = 0; i < columns.Length; i++)
        {
            rebuilt.State!.FindTable($"t{i}")!.TryGet(0, [1], out ReadOnlySpan<byte> row).ShouldBeTrue();
            module.Text($"t{i}", row).ShouldBe($$"""{"id":1,"value":{{columns[i].Value}}}""");
        }
    }

    [Fact]
    public async Task Completed_columns_are_indexed_and_checked_for_uniqueness()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Accounts);
        var answers = await module.RunAsync(new Script()
            .Insert("t", Ann)
            .Get("t", module.Key("t", "place", "-1"), "place")
            .Scan("t", "by_plan", module.Key("t", "by_plan", "\"free\""), module.Key("t", "by_plan", "\"free\""))
            .Insert("t", [2, .. Ann[1..]])
            .Insert("t", [2, .. Ann[1..], 4, 0, 0, 0, .. "gold"u8, 5, 0, 0, 0]));

        module.Text("t", answers[0].Content).ShouldBe("""{"id":1,"owner":"ann","plan":"free","place":-1}""");
        answers[1].Content.ShouldBe(answers[0].Content);
        answers[2].Rows.ShouldHaveSingleItem().ShouldBe(answers[0].Content);
        answers[3].Value.ShouldBe(-3);
        answers[3].Text.ShouldContain("place");
        module.Text("t", answers[4].Content).ShouldBe("""{"id":2,"owner":"ann","plan":"gold","place":5}""");
    }

    [Fact]
    public async Task A_row_that_ends_anywhere_else_traps_and_names_the_column()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Accounts);
        byte[] row = [.. Ann, 4, 0, 0, 0, .. "gold"u8, 5, 0, 0, 0];
        for (int length = 0; length < row.Length; length++)
        {
            CallOutcome outcome = await module.CallAsync(new Script().Insert("t", row[..length]).Trap());
            var trap = outcome.ShouldBeOfType<CallOutcome.Trapped>();
            if (length is 8 or 16)
            {
                trap.Kind.ShouldBe(ModuleTrapKind.Unreachable, trap.Error);
                continue;
            }

            trap.Kind.ShouldBe(ModuleTrapKind.Abi);
            string column = length == 0 ? "id" : length < 8 ? "owner" : length < 16 ? "plan" : "place";
            trap.Error.ShouldStartWith($"a row for table \"t\" is not canonical: {column}: expected");
            trap.Error.ShouldContain("; an insert may leave out the columns from \"plan\" on, which have defaults");
        }
    }

    [Fact]
    public async Task An_update_takes_whole_rows()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Accounts);
        await module.RunAsync(new Script().Insert("t", Ann));

        CallOutcome outcome = await module.CallAsync(new Script().Update("t", Ann));

        outcome.ShouldBeOfType<CallOutcome.Trapped>().Error.ShouldStartWith(
            "a row for table \"t\" is not canonical: plan: expected string (at least 4 bytes), found 0 bytes; an update takes whole rows, columns with defaults included");
    }

    [Theory]
    [InlineData("ephemeral")]
    [InlineData("event")]
    public async Task Rows_that_no_log_keeps_are_completed_too(string kind)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        string key = kind == "event" ? "" : ",\"primaryKey\":true";
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host, $$$"""{"table":{"name":"t","kind":"{{{kind}}}","columns":[{"name":"id","type":"u8"{{{key}}}},{"name":"v","type":"string","default":"x"}]}}""");

        var answers = await module.RunAsync(new Script().Insert("t", [1]).Scan("t"));

        module.Text("t", answers[0].Content).ShouldBe("""{"id":1,"v":"x"}""");
        answers[1].Rows.ShouldHaveSingleItem().ShouldBe(answers[0].Content);
    }

    // Rows are completed with what the build in force declares; those that are there stay as they were.
    [Fact]
    public async Task Another_default_holds_for_the_rows_that_come()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, Declare(0, "u8", "1"));
        await module.RunAsync(new Script().Insert("t0", [1]));
        module = await ScriptedHost.PublishAsync(host, Declare(0, "u8", "2"));
        await module.RunAsync(new Script().Insert("t0", [2]));

        var answers = await module.ReadAsync(new Script().Scan("t0"));

        answers[0].Rows.Select(row => module.Text("t0", row)).ShouldBe(["""{"id":1,"value":1}""", """{"id":2,"value":2}"""]);
        (await host.RebuildAsync("script")).StateHash.ShouldBe(await host.HashAsync("script"));
    }

    private static string Declare(int number, string type, string standard) =>
        $$$"""{"table":{"name":"t{{{number}}}","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"{{{type}}}","default":{{{standard}}}}]}}""";
}
