namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Every input that ever found a fault: the binaries in the folder <c>corpus</c>, whose list <c>calls.txt</c> says what they found.</summary>
internal static class KeptCorpus
{
    /// <summary>Where they are, beside the tests.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "corpus");

    /// <summary>Names of the files.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.wasm").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The calls of the list.</summary>
    public static IReadOnlyList<CorpusCall> Calls { get; } =
    [
        .. File.ReadAllLines(Path.Combine(Folder, "calls.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(CorpusCall.Parse),
    ];

    /// <summary>Their contents.</summary>
    public static IEnumerable<byte[]> Binaries => Names.Select(Read);

    /// <summary>The content of one.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));
}
