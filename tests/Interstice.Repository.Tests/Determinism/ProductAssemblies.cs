using Mono.Cecil;

namespace Interstice.Repository.Tests.Determinism;

/// <summary>The assemblies of the product as they were built for these tests.</summary>
internal static class ProductAssemblies
{
    /// <summary>The names of all assemblies of the product.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        ["Interstice.Kernel", "Interstice.Wasm", "Interstice.Journal", "Interstice.Host", "Interstice.ManagedEngine", "interstice"];

    internal static AssemblyDefinition Read(string name) =>
        AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
}
