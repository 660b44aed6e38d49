using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.TestKit.Engines;

namespace Interstice.Conformance.Tests.Running;

/// <summary>The binaries that scenarios publish: those of tests/modules and src/modules, or their code with a schema of the scenario.</summary>
internal static class ModuleBinaries
{
    private const string Run = """{"name":"run","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","calls":[]}""";
    private const string Ask = """{"query":{"name":"ask","parameters":[{"name":"script","type":"bytes"}],"result":"bytes"}}""";

    /// <summary>The binary that a publication of a scenario names.</summary>
    public static byte[] Of(JsonElement step, string name)
    {
        string file = step.Text("code") ?? "probe";
        byte[] binary = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "modules", file + ".wasm"));
        if (step.Of("schema") is null && file != "probe") return binary;
        List<string> lines = [Module(name, step.Text("version") ?? "1.0.0")];
        if (file == "probe")
        {
            lines.Add("{\"reducer\":" + Run.Replace("[]", JsonLook.From(step.Items("calls")).GetRawText(), StringComparison.Ordinal) + "}");
            lines.Add(Ask);
        }

        lines.AddRange(step.Items("schema").Select(declaration => declaration.GetRawText().ReplaceLineEndings(" ")));
        return Declarations.Replace(binary, lines);
    }

    private static string Module(string name, string version) => $$$"""{"module":{"name":"{{{name}}}","version":"{{{version}}}","abi":1}}""";
}
