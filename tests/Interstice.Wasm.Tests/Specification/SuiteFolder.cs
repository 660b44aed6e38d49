namespace Interstice.Wasm.Tests.Specification;

/// <summary>A suite in a temporary folder, of one file whose commands and modules a test gives.</summary>
internal sealed class SuiteFolder : IDisposable
{
    public SuiteFolder(string commands, params (string Name, byte[] Binary)[] modules)
    {
        File.WriteAllText(
            System.IO.Path.Combine(Path, "sample.json"),
            $$"""{"source_filename": "sample.wast", "commands": [{{commands}}]}""");
        foreach ((string name, byte[] binary) in modules)
            File.WriteAllBytes(System.IO.Path.Combine(Path, name), binary);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("interstice-suite-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
