using System.Diagnostics;
using System.Xml.Linq;

namespace Interstice.Repository.Tests.Feeds;

/// <summary>Runs infra/feeds/Feeds.proj against a feed of the test's own, with its own package cache and outcome.</summary>
internal sealed class FeedDecision : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("interstice-feed-");

    internal FeedDecision() => Feed = new FolderFeed(Path.Combine(_folder.FullName, "feed"));

    /// <summary>Where packages come from.</summary>
    internal FolderFeed Feed { get; }

    /// <summary>The file that holds the decision.</summary>
    internal string PropsPath => Path.Combine(_folder.FullName, "feed.props");

    /// <summary>A folder for whatever else the test needs.</summary>
    internal string Folder => _folder.FullName;

    /// <summary>The version of a package that the build would use.</summary>
    internal static string VersionOf(string property) =>
        XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Descendants($"{property}Version").Single().Value;

    /// <summary>Decides. Returns exit code and output.</summary>
    internal (int Code, string Output) Decide(params string[] arguments) => DecideFrom(Feed.Path, arguments);

    /// <summary>Decides with another source of packages.</summary>
    internal (int Code, string Output) DecideFrom(string source, params string[] arguments) => Run(
        ["msbuild", RepositoryFiles.FullPath("infra/feeds/Feeds.proj"), .. Isolated(source), $"-p:FeedProps={PropsPath}", .. arguments]);

    /// <summary>What the file says of a property; null if nothing.</summary>
    internal string? Decided(string property) =>
        XDocument.Load(PropsPath).Descendants(property).SingleOrDefault()?.Value;

    /// <summary>Arguments that keep a build away from the feeds and caches of this machine.</summary>
    internal string[] Isolated(string source) =>
    [
        "-nologo", "-nodeReuse:false",
        $"-p:RestoreSources={source}",
        $"-p:RestorePackagesPath={Path.Combine(_folder.FullName, "packages")}",
        $"-p:ProbeArtifactsPath={Path.Combine(_folder.FullName, "artifacts")}",
    ];

    /// <summary>Runs the dotnet command.</summary>
    internal (int Code, string Output) Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string choice in (string[])["EventStoreClient", "Wasmtime", "Testcontainers"]) start.Environment.Remove(choice);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
