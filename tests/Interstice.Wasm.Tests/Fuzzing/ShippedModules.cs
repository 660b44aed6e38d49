namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>The binaries of this repository: the modules that ship, and those of tests/modules.</summary>
internal static class ShippedModules
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<(string Name, byte[] Binary)> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "modules"), "*.wasm", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path))),
    ];
}
