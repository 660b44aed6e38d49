using System.Text.Json;
using Interstice.Wasm.Spec.Running;

namespace Interstice.Wasm.Spec.Reports;

/// <summary>The report for programs: every failure, and totals by file, by kind and together.</summary>
public static class JsonReport
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where to, in UTF-8.</param>
    /// <param name="report">What was counted.</param>
    public static void Write(Stream output, SuiteReport report)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteTotals(json, report.Totals);
        json.WriteStartObject("skipReasons");
        foreach ((string reason, int count) in report.SkipReasons) json.WriteNumber(reason, count);
        json.WriteEndObject();
        json.WriteStartObject("kinds");
        foreach ((string kind, Totals totals) in report.ByKind)
        {
            json.WriteStartObject(kind);
            WriteTotals(json, totals);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("files");
        foreach (FileResult file in report.Files) WriteFile(json, file);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, FileResult file)
    {
        json.WriteStartObject();
        json.WriteString("name", file.Name);
        WriteTotals(json, Totals.Of(file.Commands));
        json.WriteStartArray("failures");
        foreach (CommandResult result in file.Commands)
        {
            if (result.Verdict is not Verdict.Failed failed) continue;
            json.WriteStartObject();
            json.WriteNumber("line", result.Command.Line);
            json.WriteString("kind", result.Command.Kind);
            json.WriteString("reason", failed.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, Totals totals)
    {
        json.WriteNumber("passed", totals.Passed);
        json.WriteNumber("failed", totals.Failed);
        json.WriteNumber("skipped", totals.Skipped);
    }
}
