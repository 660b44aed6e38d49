using Interstice.Repository.Tests.Determinism;

namespace Interstice.Repository.Tests.References;

public sealed class ReferenceTests
{
    [Fact]
    public void References_go_one_way()
    {
        ProjectFile[] projects = [.. Sources().Select(ProjectFile.Read)];
        projects.Length.ShouldBeGreaterThan(5);
        ReferenceRules.Violations(projects).ShouldBeEmpty();
    }

    [Fact]
    public void A_reference_against_the_direction_is_found()
    {
        ProjectFile[] planted =
        [
            new("Interstice.Kernel", ["Interstice.Wasm"], ["MediatR"]),
            new("Interstice.Host", ["Interstice.Kernel", "Interstice.Journal"], ["MediatR", "Microsoft.Extensions.Logging"]),
            new("Interstice.New", [], []),
        ];
        ReferenceRules.Violations(planted).ShouldBe(
        [
            "Interstice.Kernel may not refer to Interstice.Wasm",
            "Interstice.Kernel may not use the package MediatR",
            "Interstice.Host may not refer to Interstice.Journal",
            "Interstice.New has no rule; say here what it may refer to",
        ]);
    }

    // The project files could be right and a shared props file wrong.
    [Theory]
    [InlineData("Interstice.Kernel")]
    [InlineData("Interstice.Wasm")]
    public void The_assembly_refers_to_the_framework_alone(string assembly)
    {
        using Mono.Cecil.AssemblyDefinition built = ProductAssemblies.Read(assembly);
        string[] references = [.. built.MainModule.AssemblyReferences.Select(reference => reference.Name)];
        references.ShouldNotBeEmpty();
        references.ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal) || name == "Microsoft.Win32.Primitives");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = RepositoryFiles.Read("Interstice.sln").Replace('\\', '/');
        RepositoryFiles.WithEnding(".csproj").Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources() =>
        RepositoryFiles.WithEnding(".csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal));
}
