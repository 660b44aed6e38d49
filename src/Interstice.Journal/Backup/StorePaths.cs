using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Paths as the file system sees them: absolute, and without symbolic links.</summary>
internal static class StorePaths
{
    private const int LinksMax = 40;

    /// <summary>Follows every link in a path, whether there is something at its end or not.</summary>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static string Real(string path)
    {
        int links = 0;
        string real = Real(Path.GetFullPath(path), ref links);
        return real;
    }

    /// <summary>Refuses two directories of which one is the other or lies in it.</summary>
    /// <returns>Both as the file system sees them.</returns>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Refused"/>.</exception>
    public static (string First, string Second) ExpectApart(string first, string second)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(first);
        ArgumentException.ThrowIfNullOrWhiteSpace(second);
        (string First, string Second) real =
            BackupFailure.Guard($"finding {first} and {second} failed", () => (Real(first), Real(second)));
        if (IsWithin(real.First, real.Second) || IsWithin(real.Second, real.First))
            throw new EventStoreException(EventStoreErrorKind.Refused,
                $"{second} is {first} or one lies in the other; they need directories of their own");
        return real;
    }

    private static bool IsWithin(string path, string directory)
    {
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return (Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(directory) + Path.DirectorySeparatorChar, comparison);
    }

    private static string Real(string path, ref int links)
    {
        string at = Path.GetPathRoot(path)!;
        foreach (string part in path[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Join(at, part);
            if (new DirectoryInfo(next).LinkTarget is not { } link)
            {
                at = next;
                continue;
            }

            if (++links > LinksMax) throw new IOException($"{path}: too many symbolic links");
            at = Real(Path.GetFullPath(link, at), ref links);
        }

        return at;
    }
}
