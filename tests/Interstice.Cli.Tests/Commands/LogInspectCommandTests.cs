using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;
using YamlDotNet.RepresentationModel;

namespace Interstice.Cli.Tests.Commands;

public sealed class LogInspectCommandTests(BankStore bank)
{
    private Task<ProgramResult> InspectAsync(params IEnumerable<string> options) =>
        bank.RunAsync(["log-inspect", "-o", "ndjson", .. options]);

    [Fact]
    public async Task Every_event_is_an_object_and_a_transactions_first_one_tells_the_call()
    {
        JsonElement[] events = (await InspectAsync("--reducer", "transfer")).ShouldSucceed().JsonLines;
        events.Length.ShouldBe(3 + 4);
        JsonElement first = events[0];
        first.GetProperty("stream").GetString().ShouldBe("interstice-bank");
        first.GetProperty("type").GetString().ShouldBe("RowUpdated");
        first.GetProperty("table").GetString().ShouldBe("accounts");
        first.GetProperty("key")[0].GetString().ShouldBe("1");
        first.GetProperty("oldRow").GetProperty("balance").GetString().ShouldBe("1000");
        first.GetProperty("row").GetProperty("balance").GetString().ShouldBe("750");
        first.GetProperty("index").GetInt32().ShouldBe(0);
        first.GetProperty("count").GetInt32().ShouldBe(3);
        first.GetProperty("reducer").GetString().ShouldBe("transfer");
        first.GetProperty("arguments").GetProperty("amount").GetString().ShouldBe("250");
        first.GetProperty("stateHash").GetString().ShouldNotBeNull().Length.ShouldBe(32);
        first.GetProperty("codeHash").GetString().ShouldNotBeNull().Length.ShouldBe(64);
        first.GetProperty("caller").GetString().ShouldNotBeNull().Length.ShouldBe(64);
        first.GetProperty("fuel").GetInt64().ShouldBePositive();
        first.GetProperty("at").GetString().ShouldNotBeNull().ShouldEndWith("Z");
        events[1].TryGetProperty("reducer", out _).ShouldBeFalse();
        events[1].GetProperty("transaction").GetString().ShouldBe(first.GetProperty("transaction").GetString());
        events[^1].GetProperty("event").GetString().ShouldBe("large_transfer");
        events[^1].GetProperty("payload").GetProperty("amount").GetString().ShouldBe("1500000");
    }

    [Fact]
    public async Task All_formats_hold_the_same_events()
    {
        int count = (await InspectAsync()).ShouldSucceed().JsonLines.Length;
        (await bank.RunAsync("log-inspect", "-o", "json")).ShouldSucceed().Json.GetArrayLength().ShouldBe(count);
        ((YamlSequenceNode)(await bank.RunAsync("log-inspect", "-o", "yaml")).ShouldSucceed().Yaml).Children.Count
            .ShouldBe(count);
        string text = (await bank.RunAsync("log-inspect")).ShouldSucceed().Output;
        text.ShouldContain("transfer(from: 1, to: 2, amount: 250)");
        text.ShouldContain("    ~ accounts [1]  balance 1000 -> 750\n");
        text.ShouldContain("    ! large_transfer ");
    }

    [Fact]
    public async Task Each_filter_keeps_what_it_names_and_nothing_else()
    {
        JsonElement[] all = (await InspectAsync()).JsonLines;
        await CompareAsync(all, Is("table", "accounts"), "--table", "accounts");
        await CompareAsync(all, Is("event", "large_transfer"), "--table", "large_transfer");
        await CompareAsync(all, Is("type", "RowUpdated"), "--op", "update");
        await CompareAsync(all, Is("type", "RowInserted"), "--op", "insert");
        await CompareAsync(all, Is("type", "EventEmitted"), "--op", "emit");
        await CompareAsync(all, Is("type", "ModulePublished"), "--op", "publish");
        await CompareAsync(all, Is("type", "OwnershipTaken"), "--op", "own");
        await CompareAsync(all, Is("type", "CodeChunk"), "--op", "code");
        await CompareAsync(all, Is("stream", "interstice-bank"), "--module", "bank");
        await CompareAsync(
            all,
            line => line.GetRawText().Contains("Zoë", StringComparison.Ordinal),
            "--match",
            "Zo.\"");
        await CompareAsync(all, line => line.TryGetProperty("transaction", out _), "--caller", CallerOf(all)[..10]);
    }

    [Fact]
    public async Task Positions_bound_the_events_and_a_middle_of_a_transaction_still_knows_its_call()
    {
        JsonElement[] all = (await InspectAsync()).JsonLines;
        long[] positions = [.. all.Select(line => line.GetProperty("position").GetInt64())];
        for (int i = 0; i < positions.Length; i++)
        {
            string at = positions[i].ToString(CultureInfo.InvariantCulture);
            (await InspectAsync("--from", at, "--limit", "1")).ShouldSucceed().Output.Trim()
                .ShouldBe(all[i].GetRawText());
            if (i % 4 == 0) (await InspectAsync("--to", at)).ShouldSucceed().JsonLines.Length.ShouldBe(i + 1);
        }

        long last = positions[^2];
        (await InspectAsync("--from", last.ToString(CultureInfo.InvariantCulture), "--reducer", "transfer"))
            .ShouldSucceed().JsonLines.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Times_bound_the_events()
    {
        JsonElement[] calls =
            [.. (await InspectAsync()).JsonLines.Where(line => line.TryGetProperty("reducer", out _))];
        string at = calls[^1].GetProperty("at").GetString().ShouldNotBeNull();
        (await InspectAsync("--since", at)).ShouldSucceed().JsonLines.Length.ShouldBeInRange(4, 5);
        (await InspectAsync("--until", "2001-01-01")).ShouldSucceed().Output.ShouldBe("");
        (await InspectAsync("--since", "2001-01-01T00:00:00+02:00", "--until", "2999-01-01")).ShouldSucceed().Lines
            .ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        string[] all = (await InspectAsync()).Lines;
        string[] paged = [];
        for (int skip = 0; skip < all.Length; skip += 5)
        {
            string from = skip.ToString(CultureInfo.InvariantCulture);
            paged = [.. paged, .. (await InspectAsync("--skip", from, "--limit", "5")).ShouldSucceed().Lines];
        }

        paged.ShouldBe(all);
    }

    [Theory]
    [InlineData("--module bnk", "there is no module \"bnk\"; did you mean \"bank\"?")]
    [InlineData("--table acounts", "no module has a table \"acounts\"; did you mean \"accounts\"?")]
    [InlineData("--module bank --table acounts", "module bank has no table \"acounts\"; did you mean \"accounts\"?")]
    [InlineData("--reducer trasfer", "no module has a reducer \"trasfer\"; did you mean \"transfer\"?")]
    public async Task Unknown_names_get_the_nearest_one(string options, string sentence) =>
        (await InspectAsync(options.Split(' '))).ShouldFail(2, sentence);

    // A pattern that would take for ever: the time of each match is bounded.
    [Fact]
    public async Task An_expression_that_takes_too_long_is_stopped()
    {
        ProgramResult result = await InspectAsync("--match", @"^(\w|\W|.)*(\w|\W|.)*(\w|\W|.)*#$");
        result.ShouldFail(1, "--match took more than 250 ms", "use a simpler expression");
    }

    [Fact]
    public async Task Following_shows_what_another_process_appends_and_ends_with_ctrl_c()
    {
        Requirement.Unix();
        Requirement.Interrupts();
        using TestStore store = bank.Store.Copy();
        using RunningProgram follower = store.Start("log-inspect", "--follow", "-o", "ndjson", "--reducer", "deposit");
        (await store.RunAsync("call", "bank.deposit", "1", "4711")).ShouldSucceed();
        string? line = await follower.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        JsonElement seen = JsonDocument.Parse(line.ShouldNotBeNull()).RootElement;
        seen.GetProperty("arguments").GetProperty("amount").GetString().ShouldBe("4711");

        (await store.RunAsync("call", "bank.deposit", "1", "4712")).ShouldSucceed();
        line = await follower.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line is not null && !line.Contains("4712", StringComparison.Ordinal))
            line = await follower.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        line.ShouldNotBeNull();

        follower.Interrupt();
        (await follower.WaitAsync()).ShouldBe(130);
    }

    private static Func<JsonElement, bool> Is(string property, string value) =>
        line => line.TryGetProperty(property, out JsonElement found) && found.GetString() == value;

    private static string CallerOf(JsonElement[] events) =>
        events.First(line => line.TryGetProperty("caller", out _)).GetProperty("caller").GetString()!;

    private async Task CompareAsync(JsonElement[] all, Func<JsonElement, bool> isWanted, params string[] options)
    {
        string[] expected = [.. all.Where(isWanted).Select(line => line.GetRawText())];
        expected.ShouldNotBeEmpty();
        expected.Length.ShouldBeLessThan(all.Length);
        (await InspectAsync(options)).ShouldSucceed().Lines.ShouldBe(expected);
    }
}
