using System.ComponentModel;
using System.Diagnostics;

namespace Interstice.Repository.Tests;

/// <summary>The files of the repository. Paths are relative to its root, with forward slashes.</summary>
internal static class RepositoryFiles
{
    private const string Solution = "Interstice.sln";

    private static readonly string[] Untracked = ["artifacts", "bin", "obj", "node_modules", "TestResults"];

    private static readonly Lazy<string[]> TrackedFiles = new(List);

    /// <summary>The folder with the solution, found upwards from the tests.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>Every file under version control; without it, every file outside the folders that builds make.</summary>
    internal static IReadOnlyList<string> Tracked => TrackedFiles.Value;

    /// <summary>The tracked files with one of some endings.</summary>
    internal static IEnumerable<string> WithEnding(params string[] endings) =>
        Tracked.Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    internal static string FullPath(string path) => Path.Combine(Root, path);

    internal static string Read(string path) => File.ReadAllText(FullPath(path));

    internal static bool Exists(string path) => File.Exists(FullPath(path)) || Directory.Exists(FullPath(path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Solution))) return folder.FullName;
        throw new InvalidOperationException($"no folder above {AppContext.BaseDirectory} holds {Solution}");
    }

    private static string[] List()
    {
        string[] listed = ListFromGit() ?? [.. Walk(Root)];
        return [.. listed.Where(path => File.Exists(FullPath(path))).Order(StringComparer.Ordinal)];
    }

    private static string[]? ListFromGit()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            string[] files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            return git.ExitCode == 0 && files.Length > 0 ? files : null;
        }
        catch (Win32Exception)
        {
            // No git here, as in an unpacked archive of the sources.
            return null;
        }
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        foreach (string inner in Directory.EnumerateDirectories(folder))
        {
            string name = Path.GetFileName(inner);
            if (name.StartsWith('.') || Untracked.Contains(name)) continue;
            foreach (string file in Walk(inner)) yield return file;
        }
    }
}
