using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class ModulesCommandTests(BankStore bank)
{
    [Fact]
    public async Task Modules_are_listed_in_every_format()
    {
        ProgramResult text = (await bank.RunAsync("modules")).ShouldSucceed();
        text.Lines.Length.ShouldBe(2);
        text.Lines[1].ShouldStartWith("bank ");
        JsonElement module = (await bank.RunAsync("modules", "-o", "json")).ShouldSucceed().Json[0];
        module.GetProperty("module").GetString().ShouldBe("bank");
        module.GetProperty("version").GetInt32().ShouldBe(1);
        module.GetProperty("tables").GetInt32().ShouldBe(2);
        module.GetProperty("codeBytes").GetInt64().ShouldBe(new FileInfo(TestStore.BankFile).Length);
        (await bank.RunAsync("modules", "-o", "yaml")).ShouldSucceed().Yaml[0]["module"].ToString().ShouldBe("bank");
        (await bank.RunAsync("modules", "-o", "ndjson")).ShouldSucceed().JsonLines.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_schema_of_a_module_is_that_of_its_file()
    {
        string ofModule = (await bank.RunAsync("schema", "bank", "-o", "json")).ShouldSucceed().Output;
        string ofFile = (await bank.RunAsync("schema", TestStore.BankFile, "-o", "json")).ShouldSucceed().Output;
        ofModule.ShouldBe(ofFile);
        JsonElement schema = JsonDocument.Parse(ofModule).RootElement;
        JsonElement accounts = schema.GetProperty("tables")[0];
        accounts.GetProperty("name").GetString().ShouldBe("accounts");
        accounts.GetProperty("primaryKey")[0].GetString().ShouldBe("id");
        accounts.GetProperty("columns")[0].GetProperty("autoInc").GetBoolean().ShouldBeTrue();
        schema.GetProperty("reducers").EnumerateArray().Select(reducer => reducer.GetProperty("name").GetString())
            .ShouldContain("transfer");
    }

    [Fact]
    public async Task The_schema_reads_well_as_text_and_as_yaml()
    {
        string text = (await bank.RunAsync("schema", "bank")).ShouldSucceed().Output;
        text.ShouldContain("reducer transfer(from: u64, to: u64, amount: i64) -> u64\n");
        text.ShouldContain("table accounts\n  id: u64, primary key, auto-increment\n");
        (await bank.RunAsync("schema", "bank", "-o", "yaml")).ShouldSucceed().Yaml["tables"][0]["name"].ToString()
            .ShouldBe("accounts");
    }

    [Fact]
    public async Task An_unknown_module_gets_the_nearest_name() =>
        (await bank.RunAsync("schema", "banc")).ShouldFail(2, "there is no module \"banc\"; did you mean \"bank\"?");
}
