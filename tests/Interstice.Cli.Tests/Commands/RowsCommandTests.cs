using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Interstice.Cli.Tests.Commands;

public sealed class RowsCommandTests(BankStore bank)
{
    [Fact]
    public async Task Rows_are_the_same_in_every_format()
    {
        string[] owners = ["alice", "bob", "Zoë"];
        ProgramResult text = (await bank.RunAsync("rows", "bank.accounts")).ShouldSucceed();
        text.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(["id", "owner", "balance", "opened_at"]);
        text.Lines[1..].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).ShouldBe(owners);

        JsonElement json = (await bank.RunAsync("rows", "bank.accounts", "-o", "json")).ShouldSucceed().Json;
        json.EnumerateArray().Select(row => row.GetProperty("owner").GetString()).ShouldBe(owners);
        json[1].EnumerateObject().Select(column => column.Name).ShouldBe(["id", "owner", "balance", "opened_at"]);
        json[1].GetProperty("balance").GetString().ShouldBe("250");

        ProgramResult ndjson = (await bank.RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed();
        ndjson.JsonLines.Select(row => row.GetProperty("owner").GetString()).ShouldBe(owners);

        var yaml = (YamlSequenceNode)(await bank.RunAsync("rows", "bank.accounts", "-o", "yaml")).ShouldSucceed().Yaml;
        yaml.Select(row => row["owner"].ToString()).ShouldBe(owners);
        ((YamlScalarNode)yaml[1]["balance"]).Style.ShouldBe(YamlDotNet.Core.ScalarStyle.DoubleQuoted);
    }

    [Theory]
    [InlineData("--from 2", "bob Zoë")]
    [InlineData("--to 2", "alice bob")]
    [InlineData("--from 2 --to 2", "bob")]
    [InlineData("--from [3]", "Zoë")]
    [InlineData("--limit 2", "alice bob")]
    [InlineData("--limit 0", "")]
    [InlineData("--index owner", "Zoë alice bob")]
    [InlineData("--index owner --from alice", "alice bob")]
    [InlineData("--index owner --from \"alice\" --to \"alice\"", "alice")]
    [InlineData("--from 9", "")]
    public async Task Ranges_and_limits_choose_rows(string options, string owners)
    {
        ProgramResult result = await bank.RunAsync(["rows", "bank.accounts", "-o", "ndjson", .. options.Split(' ')]);
        result.ShouldSucceed();
        string.Join(' ', result.JsonLines.Select(row => row.GetProperty("owner").GetString())).ShouldBe(owners);
    }

    [Theory]
    [InlineData("balance > 1000", "alice Zoë")]
    [InlineData("owner like 'a%' or id = 2", "alice bob")]
    [InlineData("not (balance between 1 and 1000)", "alice Zoë")]
    public async Task An_expression_chooses_rows(string where, string owners)
    {
        ProgramResult result = (await bank.RunAsync("rows", "bank.accounts", "-o", "ndjson", "--where", where))
            .ShouldSucceed();
        string.Join(' ', result.JsonLines.Select(row => row.GetProperty("owner").GetString())).ShouldBe(owners);
    }

    [Fact]
    public async Task An_empty_table_is_empty_in_every_format()
    {
        string[] none = ["rows", "bank.accounts", "--from", "9"];
        (await bank.RunAsync([.. none, "-o", "json"])).ShouldSucceed().Json.GetArrayLength().ShouldBe(0);
        (await bank.RunAsync([.. none, "-o", "ndjson"])).ShouldSucceed().Output.ShouldBe("");
        ((YamlSequenceNode)(await bank.RunAsync([.. none, "-o", "yaml"])).ShouldSucceed().Yaml).ShouldBeEmpty();
        (await bank.RunAsync(none)).ShouldSucceed().Lines.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_as_of_a_revision_are_those_of_then()
    {
        string at = bank.RevisionBeforeLastCall.ToString(CultureInfo.InvariantCulture);
        JsonElement[] rows = (await bank.RunAsync("rows", "bank.accounts", "--at", at, "-o", "ndjson"))
            .ShouldSucceed().JsonLines;
        rows.Select(row => row.GetProperty("balance").GetString()).ShouldBe(["750", "250", "2000000"]);
    }

    [Theory]
    [InlineData("bank.acounts", "module bank has no table \"acounts\"; did you mean \"accounts\"?")]
    [InlineData("bnk.accounts", "there is no module \"bnk\"; did you mean \"bank\"?")]
    [InlineData("bank.accounts --index ownr", "table bank.accounts has no index \"ownr\"; did you mean \"owner\"?")]
    [InlineData("bank.accounts --from x", "--from: expected u64, found x, which is no JSON")]
    [InlineData("bank.accounts --from [1,2]", "--from [1,2]: the index has 1 column (id), not 2")]
    [InlineData("bank.accounts --to true", "--to: column \"id\"")]
    [InlineData("bank.accounts --at 999", "module bank has no revision 999; its last one is")]
    [InlineData("bank.accounts --where balence>1", "--where", "did you mean \"balance\"?")]
    [InlineData("bank.accounts --where balance>", "--where", "expected")]
    public async Task What_does_not_fit_the_schema_ends_with_2(string line, params string[] parts) =>
        (await bank.RunAsync(["rows", .. line.Split(' ')])).ShouldFail(2, parts);
}
