using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Interstice.Cli.Hosting;

namespace Interstice.Cli.Commands;

/// <summary><c>--version</c>: version, engines, and which optional packages the program was built with.</summary>
internal sealed class VersionReport : SynchronousCommandLineAction
{
    // Interstice.Cli.csproj writes what was decided about each package under this prefix.
    private const string FeedPrefix = "Feed.";

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        foreach (string line in Lines()) output.WriteLine(line);
        return (int)ExitCode.Success;
    }

    private static IEnumerable<string> Lines()
    {
        Assembly program = typeof(VersionReport).Assembly;
        yield return program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        yield return $"engines: {string.Join(", ", Engines.Names)}";
        IEnumerable<string> packages = program.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(entry => entry.Key.StartsWith(FeedPrefix, StringComparison.Ordinal))
            .Select(entry => $"{entry.Key[FeedPrefix.Length..]}={entry.Value}");
        yield return $"feed: {string.Join(", ", packages)}";
    }
}
