using System.Text;
using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Modules;
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
        return Declarations.Append(WithoutSchema(binary), lines);
    }

    private static string Module(string name, string version) => $$$"""{"module":{"name":"{{{name}}}","version":"{{{version}}}","abi":1}}""";

    // A binary is its header and sections, each an id, a length and content; declarations stand in a custom one (id 0).
    private static byte[] WithoutSchema(byte[] binary)
    {
        const int headerBytes = 8;
        List<byte> built = [.. binary.AsSpan(0, headerBytes)];
        for (int position = headerBytes; position < binary.Length;)
        {
            int start = position++;
            int length = ReadLength(binary, ref position);
            int end = position + length;
            bool isSchema = binary[start] == 0 && NameAt(binary, position) == ModuleExports.SchemaSection;
            if (!isSchema) built.AddRange(binary.AsSpan(start, end - start));
            position = end;
        }

        return [.. built];
    }

    private static string NameAt(byte[] binary, int position)
    {
        int length = ReadLength(binary, ref position);
        return Encoding.UTF8.GetString(binary, position, length);
    }

    private static int ReadLength(byte[] binary, ref int position)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = binary[position++];
            value |= (part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }
}
