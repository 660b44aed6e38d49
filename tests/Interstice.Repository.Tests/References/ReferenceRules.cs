namespace Interstice.Repository.Tests.References;

/// <summary>Which project of src may refer to what (docs/architecture.md).</summary>
internal static class ReferenceRules
{
    private const string AnyProject = "*";
    private const string AnyPackage = "*";

    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new()
    {
        ["Interstice.Kernel"] = ([], []),
        ["Interstice.Wasm"] = ([], []),
        ["Interstice.Journal"] = (["Interstice.Kernel"], []),

        // Never a store and never an engine: they are adapters behind its ports.
        ["Interstice.Host"] = (["Interstice.Kernel"], ["MediatR", "Microsoft.Extensions."]),
        ["Interstice.ManagedEngine"] = (["Interstice.Host", "Interstice.Wasm", "Interstice.Kernel"], []),
        ["Interstice.Wasmtime"] = (["Interstice.Host", "Interstice.Wasm"], ["Wasmtime"]),
        ["Interstice.EventStoreDb.Protocol"] = ([], ["Google.Protobuf", "Grpc.Tools"]),
        ["Interstice.EventStoreDb"] = (
            ["Interstice.EventStoreDb.Protocol", "Interstice.Kernel"],
            ["EventStore.Client.Grpc.Streams", "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Polly.Core"]),
        ["Interstice.Server"] = (
            ["Interstice.EventStoreDb.Protocol", "Interstice.Host", "Interstice.Kernel"], ["Microsoft.AspNetCore.OpenApi"]),
        ["Interstice.Cli"] = ([AnyProject], [AnyPackage]),
    };

    /// <summary>What is wrong with some projects, one sentence each.</summary>
    internal static IEnumerable<string> Violations(IEnumerable<ProjectFile> projects)
    {
        foreach (ProjectFile project in projects)
        {
            if (!Allowed.TryGetValue(project.Name, out (string[] Projects, string[] Packages) allowed))
            {
                yield return $"{project.Name} has no rule; say here what it may refer to";
                continue;
            }

            foreach (string other in project.Projects)
                if (!allowed.Projects.Contains(AnyProject) && !allowed.Projects.Contains(other))
                    yield return $"{project.Name} may not refer to {other}";
            foreach (string package in project.Packages)
                if (!allowed.Packages.Any(rule => rule == AnyPackage || IsPackage(package, rule)))
                    yield return $"{project.Name} may not use the package {package}";
        }
    }

    private static bool IsPackage(string package, string rule) =>
        rule.EndsWith('.') ? package.StartsWith(rule, StringComparison.Ordinal) : package == rule;
}
