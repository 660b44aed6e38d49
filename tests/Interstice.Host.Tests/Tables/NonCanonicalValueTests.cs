using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Tables;

/// <summary>Bytes that are no canonical value are refused wherever a module or a caller hands them over, and said to be wrong in the words
/// for what is wrong with them.</summary>
public sealed class NonCanonicalValueTests
{
    // The type, a type of as many bytes that any bytes are a value of, what is wrong, and the bytes.
    private static readonly (string Type, string Carrier, ValueErrorKind Kind, byte[] Bytes)[] Cases =
    [
        ("bool", "u8", ValueErrorKind.InvalidBool, [2]),
        ("option<u8>", "u8", ValueErrorKind.InvalidOption, [2]),
        ("Color", "u8", ValueErrorKind.InvalidVariant, [3]),
        ("f32", "u32", ValueErrorKind.NonCanonicalNaN, [1, 0, 0xC0, 0x7F]),
        ("f64", "u64", ValueErrorKind.NonCanonicalNaN, [0, 0, 0, 0, 0, 0, 0xF8, 0xFF]),
        ("string", "u64", ValueErrorKind.InvalidUtf8, [4, 0, 0, 0, 0xED, 0xA0, 0x80, (byte)'a']),
        ("string", "u32", ValueErrorKind.Truncated, [1, 0, 0, 0]),
        ("list<u16>", "u32", ValueErrorKind.Truncated, [0xFF, 0xFF, 0xFF, 0xFF]),
        ("u8", "u16", ValueErrorKind.TrailingBytes, [1, 2]),
        ("map<u8,u8>", "u64", ValueErrorKind.MapOrder, [2, 0, 0, 0, 2, 0, 1, 0]),
        ("map<u8,u8>", "u64", ValueErrorKind.DuplicateMapKey, [2, 0, 0, 0, 1, 0, 1, 0]),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Each_border_refuses_it_and_says_where_and_why(int number)
    {
        (string type, string carrier, ValueErrorKind kind, byte[] bytes) = Cases[number];
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host,
            [
                .. ValueSamples.Types,
                """{"table":{"name":"t","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"v","type":"@"}]}}""".Replace("@", type, StringComparison.Ordinal),
                $$$"""{"event":{"name":"e","type":"{{{type}}}"}}""",
                $$$"""{"reducer":{"name":"echo","parameters":[{"name":"v","type":"{{{carrier}}}"}],"result":"{{{type}}}"}}""",
                $$$"""{"query":{"name":"echoed","parameters":[{"name":"v","type":"{{{type}}}"}],"result":"{{{type}}}"}}""",
            ]);
        DataType declared = module.Schema.FindQuery("echoed")!.Result;
        CanonicalEncoding.TryValidate(declared, bytes, out ValueError error).ShouldBeFalse();
        error.Kind.ShouldBe(kind);
        var hash = await host.HashAsync("script");

        Expect(await module.CallAsync(new Script().Insert("t", [7, .. bytes])), "a row for table \"t\" is not canonical", error);
        Expect(await module.CallAsync(new Script().Update("t", [7, .. bytes])), "a row for table \"t\" is not canonical", error);
        Expect(await module.CallAsync(new Script().Emit("e", bytes)), "the payload of event \"e\" is not canonical", error);
        Expect(
            await host.Mediator.Send(new CallReducer("script", "echo", bytes, HostFixture.Tester), TestContext.Current.CancellationToken),
            "the result of echo is not canonical",
            error);
        QueryOutcome.Refused refused = (await host.Mediator.Send(
            new RunQuery("script", "echoed", bytes, HostFixture.Tester), TestContext.Current.CancellationToken)).ShouldBeOfType<QueryOutcome.Refused>();
        refused.Kind.ShouldBe(CallRefusal.BadArguments);
        refused.Error.ShouldContain("the arguments do not fit echoed");

        (await host.HashAsync("script")).ShouldBe(hash);
        (await module.CountAsync("t")).ShouldBe(0);
    }

    [Theory]
    [InlineData("bool", new byte[] { 1, 2 }, "bool")]
    [InlineData("option<u8>", new byte[] { 1, 2 }, "option")]
    [InlineData("Color", new byte[] { 1, 3 }, "Color")]
    [InlineData("string", new byte[] { 1, 1, 0, 0, 0, 0xFF }, "UTF-8")]
    [InlineData("u16", new byte[] { 1, 1 }, "at least 2 bytes")]
    [InlineData("u16", new byte[] { 1, 1, 2, 3 }, "end of the key")]
    [InlineData("u16", new byte[] { 2, 1, 2, 1, 2 }, "at most 1 columns")]
    public async Task A_key_that_is_not_canonical_traps_at_every_call_that_takes_one(string type, byte[] key, string said)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host,
            [
                .. ValueSamples.Types,
                """{"table":{"name":"t","columns":[{"name":"v","type":"@","primaryKey":true}]}}""".Replace("@", type, StringComparison.Ordinal),
            ]);
        Script[] scripts = [new Script().Get("t", key), new Script().Delete("t", key), new Script().Scan("t", lower: key), new Script().Scan("t", upper: key)];
        foreach (Script script in scripts)
        {
            CallOutcome.Trapped trapped = (await module.CallAsync(script)).ShouldBeOfType<CallOutcome.Trapped>();
            trapped.Kind.ShouldBe(ModuleTrapKind.Abi);
            trapped.Error.ShouldContain("is not canonical");
            trapped.Error.ShouldContain(said, Case.Sensitive);
        }
    }

    // The path differs from border to border; what is wrong does not.
    private static void Expect(CallOutcome outcome, string border, in ValueError error)
    {
        CallOutcome.Trapped trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString());
        trapped.Kind.ShouldBe(ModuleTrapKind.Abi);
        trapped.Error.ShouldContain(border);
        if (error.Kind is ValueErrorKind.Truncated or ValueErrorKind.TrailingBytes) return;
        trapped.Error.ShouldContain(error.Problem);
    }
}
