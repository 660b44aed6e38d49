using Interstice.Wasm.Spec.Reports;
using Interstice.Wasm.Spec.Running;
using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Spec;

/// <summary>The command line: <c>PATH [-o text|json]</c>.</summary>
public static class SpecCommand
{
    /// <summary>Exit code when nothing failed.</summary>
    public const int AllPassed = 0;

    /// <summary>Exit code when a command of the suite failed.</summary>
    public const int SomeFailed = 1;

    /// <summary>Exit code when the arguments are wrong or name no suite.</summary>
    public const int WrongUsage = 2;

    private const string Usage =
        "usage: Interstice.Wasm.Spec PATH [-o text|json]; PATH is a folder or .zip of wast2json output";

    /// <summary>Runs a suite and writes the report.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Where the report goes, in UTF-8.</param>
    /// <param name="errors">Where a sentence goes when there is no report.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, Stream output, TextWriter errors)
    {
        if (!TryParse(arguments, out string path, out bool isJson, out string? problem))
        {
            errors.WriteLine($"{problem}; {Usage}");
            return WrongUsage;
        }

        try
        {
            using SpecificationSuite suite = SpecificationSuite.Open(path);
            var report = new SuiteReport([.. suite.Files.Select(SuiteRunner.Run)]);
            if (isJson) JsonReport.Write(output, report);
            else WriteText(output, report);
            return report.Totals.Failed == 0 ? AllPassed : SomeFailed;
        }
        catch (SuiteFormatException e)
        {
            errors.WriteLine(e.Message);
            return WrongUsage;
        }
    }

    private static void WriteText(Stream output, SuiteReport report)
    {
        using var writer = new StreamWriter(output, leaveOpen: true) { NewLine = "\n" };
        TextReport.Write(writer, report);
    }

    private static bool TryParse(
        IReadOnlyList<string> arguments, out string path, out bool isJson, out string? problem)
    {
        path = "";
        isJson = false;
        problem = null;
        for (int i = 0; i < arguments.Count && problem is null; i++)
        {
            string argument = arguments[i];
            if (argument is "-o" or "--output")
            {
                string format = ++i < arguments.Count ? arguments[i] : "nothing";
                isJson = format == "json";
                if (format is not ("json" or "text")) problem = $"{argument} takes text or json, not {format}";
            }
            else if (argument.StartsWith('-')) problem = $"there is no option {argument}";
            else if (path.Length > 0) problem = $"one path is enough, and {argument} is a second one";
            else path = argument;
        }

        if (problem is null && path.Length == 0) problem = "the path of a suite is missing";
        return problem is null;
    }
}
