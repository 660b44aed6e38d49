using Interstice.TestKit;
using Interstice.Wasm.Spec.Reports;
using Interstice.Wasm.Spec.Running;
using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Tests.Specification;

/// <summary>The official suite, converted with wast2json from WebAssembly/testsuite at commit 3a04b2c (65 files).</summary>
public sealed class SpecificationSuiteTests
{
    /// <summary>Commands that fail and why: file, line and reason.</summary>
    private static readonly Dictionary<(string File, int Line), string> KnownFailures = [];

    private static readonly Dictionary<string, Totals> ExpectedTotals = new()
    {
        ["action"] = new Totals(80, 0, 0),
        ["assert_exhaustion"] = new Totals(15, 0, 0),
        ["assert_invalid"] = new Totals(954, 0, 0),
        ["assert_malformed"] = new Totals(593, 0, 499),
        ["assert_return"] = new Totals(15_463, 0, 0),
        ["assert_trap"] = new Totals(988, 0, 0),
        ["assert_uninstantiable"] = new Totals(15, 0, 0),
        ["assert_unlinkable"] = new Totals(71, 0, 0),
        ["module"] = new Totals(853, 0, 0),
        ["register"] = new Totals(5, 0, 0),
    };

    [Fact]
    public void Every_command_passes_but_those_in_the_text_format_and_the_known_failures()
    {
        using SpecificationSuite suite = SpecificationSuite.Open(Requirement.SpecificationSuite());

        var report = new SuiteReport([.. suite.Files.Select(SuiteRunner.Run)]);

        report.Files.SelectMany(Failures).ShouldBeEmpty();
        report.ByKind.ToDictionary().ShouldBe(ExpectedTotals, ignoreOrder: true);
        report.SkipReasons.Keys.ShouldHaveSingleItem().ShouldContain("text format");
        report.SkipReasons.Values.ShouldBe([499]);
    }

    private static IEnumerable<string> Failures(FileResult file) => file.Commands
        .Where(result => result.Verdict is Verdict.Failed)
        .Where(result => !KnownFailures.ContainsKey((file.Name, result.Command.Line)))
        .Select(result => $"{file.Name}:{result.Command.Line} {((Verdict.Failed)result.Verdict).Reason}");
}
