using System.Buffers.Binary;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Spec.Running;
using Interstice.Wasm.Spec.Suites;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Specification;

/// <summary>The runner itself: that it passes what is right and, above all, fails what is wrong.</summary>
public sealed class SuiteRunnerTests
{
    private const string MakeModule = """{"type": "module", "line": 1, "filename": "a.wasm"}""";

    [Theory]
    [InlineData("one", """{"type": "i32", "value": "1"}""", true)]
    [InlineData("one", """{"type": "i32", "value": "2"}""", false)]
    [InlineData("one", """{"type": "i64", "value": "1"}""", false)]
    [InlineData("one", "", false)]
    [InlineData("one", """{"type": "i32", "value": "1"}, {"type": "i32", "value": "1"}""", false)]
    [InlineData("quiet", """{"type": "f32", "value": "nan:canonical"}""", true)]
    [InlineData("quiet", """{"type": "f32", "value": "nan:arithmetic"}""", true)]
    [InlineData("payload", """{"type": "f32", "value": "nan:canonical"}""", false)]
    [InlineData("payload", """{"type": "f32", "value": "nan:arithmetic"}""", true)]
    [InlineData("signalling", """{"type": "f32", "value": "nan:arithmetic"}""", false)]
    [InlineData("signalling", """{"type": "f32", "value": "2139095041"}""", true)]
    [InlineData("null", """{"type": "funcref", "value": "null"}""", true)]
    [InlineData("null", """{"type": "funcref"}""", false)]
    [InlineData("null", """{"type": "externref", "value": "null"}""", false)]
    [InlineData("missing", """{"type": "i32", "value": "1"}""", false)]
    [InlineData("trap", """{"type": "i32", "value": "1"}""", false)]
    public void A_result_passes_when_it_has_the_expected_bits(string function, string expected, bool passes)
    {
        string command = $$"""
            {"type": "assert_return", "line": 2, "expected": [{{expected}}],
             "action": {"type": "invoke", "field": "{{function}}", "args": []} }
            """;

        Run($"{MakeModule}, {command}")[1].ShouldBe(passes);
    }

    [Theory]
    [InlineData("trap", "unreachable", true)]
    [InlineData("trap", "integer overflow", false)]
    [InlineData("one", "unreachable", false)]
    public void A_trap_passes_when_its_words_are_the_expected_ones(string function, string text, bool passes)
    {
        string command = $$"""
            {"type": "assert_trap", "line": 2, "text": "{{text}}", "expected": [],
             "action": {"type": "invoke", "field": "{{function}}", "args": []} }
            """;

        Run($"{MakeModule}, {command}")[1].ShouldBe(passes);
    }

    [Theory]
    [InlineData("assert_invalid", "invalid.wasm", "type mismatch", true)]
    [InlineData("assert_invalid", "invalid.wasm", "unknown local", false)]
    [InlineData("assert_malformed", "invalid.wasm", "type mismatch", false)]
    [InlineData("assert_invalid", "a.wasm", "type mismatch", false)]
    [InlineData("assert_malformed", "malformed.wasm", "magic header not detected", true)]
    [InlineData("assert_invalid", "malformed.wasm", "magic header not detected", false)]
    [InlineData("assert_unlinkable", "unlinkable.wasm", "unknown import", true)]
    [InlineData("assert_unlinkable", "unlinkable.wasm", "incompatible import type", false)]
    [InlineData("assert_uninstantiable", "unlinkable.wasm", "unknown import", false)]
    [InlineData("assert_uninstantiable", "uninstantiable.wasm", "unreachable", true)]
    [InlineData("assert_unlinkable", "uninstantiable.wasm", "unreachable", false)]
    [InlineData("assert_uninstantiable", "a.wasm", "unreachable", false)]
    [InlineData("assert_invalid", "lacking.wasm", "type mismatch", false)]
    public void A_refusal_passes_when_its_stage_and_words_are_the_expected_ones(
        string kind, string file, string text, bool passes)
    {
        string command = $$"""
            {"type": "{{kind}}", "line": 2, "filename": "{{file}}", "text": "{{text}}", "module_type": "binary"}
            """;

        Run(command)[0].ShouldBe(passes);
    }

    [Fact]
    public void Registered_exports_are_what_later_modules_import()
    {
        const string Commands = """
            {"type": "module", "line": 1, "filename": "a.wasm", "name": "$A"},
            {"type": "register", "line": 2, "name": "$A", "as": "supplier"},
            {"type": "module", "line": 3, "filename": "importing.wasm"},
            {"type": "action", "line": 4, "action": {"type": "get", "module": "$A", "field": "global"}, "expected": []},
            {"type": "assert_return", "line": 5, "expected": [{"type": "i32", "value": "1"}],
             "action": {"type": "invoke", "field": "again", "args": []} }
            """;

        Run(Commands).ShouldBe([true, true, true, true, true]);
    }

    [Fact]
    public void A_module_that_fails_fails_the_commands_that_need_it_and_no_others()
    {
        const string Commands = """
            {"type": "module", "line": 1, "filename": "invalid.wasm"},
            {"type": "action", "line": 2, "action": {"type": "invoke", "field": "one", "args": []}, "expected": []},
            {"type": "module", "line": 3, "filename": "a.wasm"},
            {"type": "action", "line": 4, "action": {"type": "invoke", "field": "one", "args": []}, "expected": []}
            """;

        Run(Commands).ShouldBe([false, false, true, true]);
    }

    [Fact]
    public void Text_modules_and_refused_proposals_are_skipped_with_their_reasons()
    {
        const string Commands = """
            {"type": "assert_malformed", "line": 1, "filename": "a.wat", "text": "x", "module_type": "text"},
            {"type": "module", "line": 2, "filename": "simd.wasm"},
            {"type": "action", "line": 3, "action": {"type": "invoke", "field": "one", "args": []}, "expected": []}
            """;

        Reasons(Commands).ShouldBe(
        [
            "the module is in the text format, which the engine does not read",
            "the module uses a proposal that the engine refuses: SIMD is not supported",
            "the module uses a proposal that the engine refuses: SIMD is not supported",
        ]);
    }

    [Fact]
    public void A_command_of_unknown_kind_fails() =>
        Run("""{"type": "assert_of_tomorrow", "line": 1}""").ShouldBe([false]);

    private static bool[] Run(string commands) => [.. Verdicts(commands).Select(verdict => verdict is Verdict.Passed)];

    private static string[] Reasons(string commands) =>
        [.. Verdicts(commands).OfType<Verdict.Skipped>().Select(skipped => skipped.Reason)];

    private static Verdict[] Verdicts(string commands)
    {
        using var folder = new SuiteFolder(
            commands,
            ("a.wasm", Exporting()),
            ("invalid.wasm", new WasmBuilder().Type([], []).Function(0, 0x6A).Build()),
            ("malformed.wasm", [1, 2, 3, 4]),
            ("unlinkable.wasm", new WasmBuilder().Import("no", "where", ExternKind.Global, I32, 0).Build()),
            ("uninstantiable.wasm", new WasmBuilder().Type([], []).Function(0, 0x00).Start(0).Build()),
            ("simd.wasm", new WasmBuilder().Type([], []).Function(0, 0xFD, 0x0C).Build()),
            ("importing.wasm", new WasmBuilder().Type([], [I32])
                .Import("supplier", "one", ExternKind.Function, 0)
                .Function(0, 0x10, 0).Export("again", ExternKind.Function, 1).Build()));
        using SpecificationSuite suite = SpecificationSuite.Open(folder.Path);
        return [.. SuiteRunner.Run(suite.Files.ShouldHaveSingleItem()).Commands.Select(result => result.Verdict)];
    }

    private static byte[] Exporting() => new WasmBuilder()
        .Type([], [I32]).Type([], [F32]).Type([], [FuncRef]).Type([], [])
        .Global(I32, false, 0x41, 5)
        .Function(0, 0x41, 1).Export("one", ExternKind.Function, 0)
        .Function(1, Float(0x7FC0_0000)).Export("quiet", ExternKind.Function, 1)
        .Function(1, Float(0x7FC0_0001)).Export("payload", ExternKind.Function, 2)
        .Function(1, Float(0x7F80_0001)).Export("signalling", ExternKind.Function, 3)
        .Function(2, 0xD0, FuncRef).Export("null", ExternKind.Function, 4)
        .Function(0, 0x00).Export("trap", ExternKind.Function, 5)
        .Export("global", ExternKind.Global, 0)
        .Build();

    private static byte[] Float(uint bits)
    {
        byte[] code = [0x43, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(1), bits);
        return code;
    }
}
