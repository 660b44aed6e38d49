using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Interstice.Wasm.Spec;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Specification;

public sealed class SpecCommandTests
{
    private const string Passing = """{"type": "module", "line": 1, "filename": "a.wasm"}""";
    private const string Failing = """{"type": "module", "line": 7, "filename": "missing.wasm"}""";

    [Fact]
    public void The_exit_code_is_0_when_nothing_failed_and_1_when_something_did()
    {
        Run(Passing).ExitCode.ShouldBe(0);
        Run($"{Passing}, {Failing}").ExitCode.ShouldBe(1);
    }

    [Fact]
    public void The_text_report_names_each_failure_and_ends_with_the_totals()
    {
        string output = Run($"{Passing}, {Failing}").Output;

        output.ShouldContain("line 7 module: InvalidOperationException: the suite lacks missing.wasm");
        output.ShouldEndWith("passed 1, failed 1, skipped 0\n");
    }

    [Fact]
    public void The_JSON_report_has_totals_and_every_failure()
    {
        using JsonDocument report = JsonDocument.Parse(Run($"{Passing}, {Failing}", "-o", "json").Output);

        report.RootElement.GetProperty("passed").GetInt32().ShouldBe(1);
        report.RootElement.GetProperty("failed").GetInt32().ShouldBe(1);
        report.RootElement.GetProperty("kinds").GetProperty("module").GetProperty("failed").GetInt32().ShouldBe(1);
        JsonElement file = report.RootElement.GetProperty("files")[0];
        file.GetProperty("name").GetString().ShouldBe("sample");
        file.GetProperty("failures")[0].GetProperty("line").GetInt32().ShouldBe(7);
    }

    [Fact]
    public void A_zip_file_is_read_like_the_folder_it_holds()
    {
        using var folder = new SuiteFolder(Passing, ("a.wasm", WasmBytes.Header));
        string zip = folder.Path + ".zip";
        ZipFile.CreateFromDirectory(folder.Path, zip, CompressionLevel.Fastest, includeBaseDirectory: true);
        try
        {
            RunArguments(zip).ExitCode.ShouldBe(0);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    [Theory]
    [InlineData("the path of a suite is missing")]
    [InlineData("there is no option --nonsense", "--nonsense")]
    [InlineData("-o takes text or json, not xml", "-o", "xml", "path")]
    [InlineData("-o takes text or json, not nothing", "path", "-o")]
    [InlineData("one path is enough, and two is a second one", "one", "two")]
    [InlineData("/no/such/suite does not exist", "/no/such/suite")]
    public void Wrong_usage_is_exit_code_2_and_one_sentence(string sentence, params string[] arguments)
    {
        (int exitCode, string output, string errors) = RunArguments(arguments);

        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldStartWith(sentence);
        errors.TrimEnd().ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("""{"type": "module"}""")]
    [InlineData("""{"line": 1}""")]
    [InlineData("not json")]
    [InlineData("1")]
    [InlineData("""{"type": "action", "line": 1, "action": {"type": "dance", "field": "x"}}""")]
    public void A_file_that_wast2json_does_not_write_is_exit_code_2_and_says_which(string commands)
    {
        using var folder = new SuiteFolder(commands);

        (int exitCode, _, string errors) = RunArguments(folder.Path);

        exitCode.ShouldBe(2);
        errors.ShouldContain("sample.json is not the JSON that wast2json writes");
    }

    [Fact]
    public void A_file_that_is_no_zip_is_exit_code_2()
    {
        using var folder = new SuiteFolder(Passing);

        RunArguments(Path.Combine(folder.Path, "sample.json")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public void A_folder_without_a_suite_is_exit_code_2()
    {
        using var folder = new SuiteFolder(Passing);
        File.Delete(Path.Combine(folder.Path, "sample.json"));

        RunArguments(folder.Path).Errors.ShouldContain("holds no .json file");
    }

    private static (int ExitCode, string Output, string Errors) Run(string commands, params string[] options)
    {
        using var folder = new SuiteFolder(commands, ("a.wasm", WasmBytes.Header));
        return RunArguments([folder.Path, .. options]);
    }

    private static (int ExitCode, string Output, string Errors) RunArguments(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter();
        int exitCode = SpecCommand.Run(arguments, output, errors);
        return (exitCode, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }
}
