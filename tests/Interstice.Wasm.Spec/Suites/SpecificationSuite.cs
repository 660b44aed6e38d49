using System.IO.Compression;

namespace Interstice.Wasm.Spec.Suites;

/// <summary>A suite converted with wast2json: a folder or .zip with one JSON for each file and the modules beside
/// it.</summary>
public sealed class SpecificationSuite : IDisposable
{
    private const long EntryBytesMax = 256L << 20;

    private readonly ZipArchive? _archive;

    private SpecificationSuite(ZipArchive? archive, IReadOnlyList<SuiteFile> files)
    {
        _archive = archive;
        Files = files;
    }

    /// <summary>The files by name.</summary>
    public IReadOnlyList<SuiteFile> Files { get; }

    /// <summary>Opens a suite. All commands are read, modules only when they are asked for, by one thread at a
    /// time.</summary>
    /// <param name="path">A folder or a .zip file.</param>
    /// <exception cref="SuiteFormatException">There is no converted suite.</exception>
    public static SpecificationSuite Open(string path)
    {
        try
        {
            if (Directory.Exists(path)) return new SpecificationSuite(null, NonEmpty(path, ReadFolder(path)));
            return File.Exists(path)
                ? OpenArchive(path)
                : throw new SuiteFormatException($"{path} does not exist; give a folder or a .zip file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SuiteFormatException($"{path} cannot be read as a suite: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive?.Dispose();

    private static SpecificationSuite OpenArchive(string path)
    {
        ZipArchive archive = ZipFile.OpenRead(path);
        try
        {
            return new SpecificationSuite(archive, NonEmpty(path, ReadArchive(archive)));
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    private static IEnumerable<SuiteFile> ReadFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Select(
            path => SuiteFile.Parse(
                path,
                File.ReadAllBytes(path),
                name =>
                {
                    string module = Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(name));
                    return File.Exists(module) ? File.ReadAllBytes(module) : null;
                }));

    private static IEnumerable<SuiteFile> ReadArchive(ZipArchive archive)
    {
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (!entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) continue;
            string folder = entry.FullName[..^entry.Name.Length];
            yield return SuiteFile.Parse(
                entry.FullName,
                Read(entry),
                module => archive.GetEntry(folder + module) is { } found ? Read(found) : null);
        }
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        if (entry.Length > EntryBytesMax)
        {
            throw new SuiteFormatException(
                $"{entry.FullName} has {entry.Length} bytes; at most {EntryBytesMax} are read");
        }

        using Stream stream = entry.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static SuiteFile[] NonEmpty(string path, IEnumerable<SuiteFile> files)
    {
        SuiteFile[] sorted = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
        return sorted.Length > 0
            ? sorted
            : throw new SuiteFormatException($"{path} holds no .json file; convert a suite with wast2json first");
    }
}
