using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit.Engines;

namespace Interstice.Cli.Tests.Commands;

public sealed class PublishCommandTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_module_is_published_once_and_the_same_code_changes_nothing()
    {
        JsonElement first = (await _store.RunAsync("publish", TestStore.BankFile, "-o", "json")).ShouldSucceed().Json;
        first.GetProperty("module").GetString().ShouldBe("bank");
        first.GetProperty("version").GetInt32().ShouldBe(1);
        first.GetProperty("changed").GetBoolean().ShouldBeTrue();

        JsonElement again = (await _store.RunAsync("publish", TestStore.BankFile, "-o", "json")).ShouldSucceed().Json;
        again.GetProperty("changed").GetBoolean().ShouldBeFalse();
        again.GetProperty("version").GetInt32().ShouldBe(1);
        again.GetProperty("codeHash").GetString().ShouldBe(first.GetProperty("codeHash").GetString());

        ProgramResult text = (await _store.RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        text.Output.ShouldBe("bank runs this code already (version 1); nothing was changed\n");
        (await _store.RunAsync("modules", "--history", "-o", "json")).Json.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_tells_the_steps_and_changes_nothing_and_the_publication_takes_them()
    {
        (await _store.RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        string path = Path.Join(_store.Directory, "next.wasm");
        byte[] declared = System.Text.Encoding.UTF8.GetBytes(
            "interstice.schema" + """{"table":{"name":"fees","columns":[{"name":"id","type":"u8","primaryKey":true}]}}""" + "\n");
        byte[] bank = await File.ReadAllBytesAsync(TestStore.BankFile);

        // Declarations may stand in several sections; one of less than 128 bytes has a length of one byte.
        await File.WriteAllBytesAsync(path, [.. bank, 0, checked((byte)(declared.Length + 1)), (byte)"interstice.schema".Length, .. declared]);

        (await _store.RunAsync("publish", path, "--plan")).ShouldSucceed().Output.ShouldContain("  step     table \"fees\" is new\n");
        JsonElement plan = (await _store.RunAsync("publish", path, "--plan", "-o", "json")).ShouldSucceed().Json;
        plan.GetProperty("version").GetInt32().ShouldBe(2);
        plan.GetProperty("steps")[0].GetProperty("step").GetRawText().ShouldContain("createTable");
        plan.GetProperty("refusals").GetArrayLength().ShouldBe(0);
        (await _store.RunAsync("modules", "--history", "-o", "json")).Json.GetArrayLength().ShouldBe(1);

        (await _store.RunAsync("publish", path)).ShouldSucceed().Output.ShouldContain("migrated: table \"fees\" is made, without rows\n");
        (await _store.RunAsync("replay-check")).ShouldSucceed();
        (await _store.RunAsync("schema-diff", "bank@1", path)).ShouldSucceed().Output.ShouldBe("compatible       table \"fees\" is new\n");
        ProgramResult back = await _store.RunAsync("schema-diff", "bank", "bank@1", "-o", "json");
        (back.Code, back.Json.GetProperty("changes")[0].GetProperty("effect").GetString()).ShouldBe((1, "needs-migration"));

        ProgramResult refused = await _store.RunAsync("publish", TestStore.BankFile, "--plan");
        refused.Code.ShouldBe(1);
        refused.Output.ShouldContain("  refused  table \"fees\" is gone; declare a migration with dropTable");
        (await _store.RunAsync("schema-diff", "bank@9", path)).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_function_that_is_too_large_to_be_optimised_is_warned_of_and_published()
    {
        string path = Path.Join(_store.Directory, "large.wasm");
        await File.WriteAllBytesAsync(path, LargeModule.Make(2, 6_000));
        ProgramResult result = await _store.RunAsync("publish", path);
        result.Code.ShouldBe(0);
        result.Output.ShouldStartWith("published large, version 1");
        result.Errors.ShouldStartWith(
            "interstice: warning: module large: functions 2 \"work0\", 3 \"work1\" are too large to be optimised");

        JsonElement again = (await _store.RunAsync("publish", path, "-o", "json")).ShouldSucceed().Json;
        again.GetProperty("warnings").GetArrayLength().ShouldBe(1);
        JsonElement none = (await _store.RunAsync("publish", TestStore.BankFile, "-o", "json")).ShouldSucceed().Json;
        none.GetProperty("warnings").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_module_can_be_published_under_other_names()
    {
        (await _store.RunAsync("publish", TestStore.BankFile, "--name", "north")).ShouldSucceed();
        (await _store.RunAsync("publish", TestStore.BankFile, "--name", "south")).ShouldSucceed();
        (await _store.RunAsync("call", "north.open_account", "ann", "5")).ShouldSucceed();
        (await _store.RunAsync("rows", "north.accounts", "-o", "ndjson")).JsonLines.ShouldHaveSingleItem();
        (await _store.RunAsync("rows", "south.accounts", "-o", "ndjson")).Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_no_module_can_have_is_refused()
    {
        ProgramResult result = await _store.RunAsync("publish", TestStore.BankFile, "--name", "North Bank");
        result.ShouldFail(1, "\"North Bank\" is no module name");
    }

    [Theory]
    [InlineData("nothing here at all", "does not begin with the bytes 00 61 73 6d")]
    [InlineData("", "is empty")]
    public async Task A_file_that_is_no_WebAssembly_is_refused_and_makes_no_store(string content, string sentence)
    {
        string file = Path.Join(_store.Directory, "notes.wasm");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        (await _store.RunAsync("publish", file)).ShouldFail(1, "notes.wasm is no WebAssembly module", sentence);
        (await _store.RunAsync("schema", file)).ShouldFail(1, "notes.wasm is no WebAssembly module", sentence);
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task A_truncated_module_is_refused()
    {
        byte[] binary = await File.ReadAllBytesAsync(TestStore.BankFile, TestContext.Current.CancellationToken);
        string file = Path.Join(_store.Directory, "half.wasm");
        await File.WriteAllBytesAsync(file, binary[..(binary.Length / 2)], TestContext.Current.CancellationToken);
        (await _store.RunAsync("publish", file)).ShouldFail(1, "half.wasm");
        (await _store.RunAsync("schema", file)).ShouldFail(1, "half.wasm");
    }

    [Fact]
    public async Task WebAssembly_without_declarations_is_refused()
    {
        string file = Path.Join(_store.Directory, "plain.wasm");
        byte[] emptyModule = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0];
        await File.WriteAllBytesAsync(file, emptyModule, TestContext.Current.CancellationToken);
        (await _store.RunAsync("publish", file)).ShouldFail(1, "plain.wasm", "interstice.schema");
        (await _store.RunAsync("schema", file)).ShouldFail(1, "plain.wasm", "interstice.schema", "guest SDK");
    }

    [Fact]
    public async Task A_missing_file_and_a_directory_cannot_be_opened()
    {
        (await _store.RunAsync("publish", "missing.wasm")).ShouldFail(3, "missing.wasm does not exist; check the path");
        (await _store.RunAsync("publish", _store.Directory)).ShouldFail(3, "is a directory; name a file");
    }
}
