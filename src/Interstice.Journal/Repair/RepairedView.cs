using Interstice.Journal.Files;

namespace Interstice.Journal.Repair;

/// <summary>A damaged store as a repair would make it, for reading only: nothing is written.</summary>
internal sealed class RepairedView : IJournalFiles, IDisposable
{
    private readonly IJournalFiles _files;
    private readonly OpenFiles _sources;
    private readonly Dictionary<string, FileImage> _images;
    private readonly HashSet<string> _names;

    /// <summary>Makes it from a plan.</summary>
    public RepairedView(IJournalFiles files, RepairPlan plan)
    {
        _files = files;
        _sources = new OpenFiles(files);
        _images = plan.Images.ToDictionary(image => image.Name);
        _names = [.. files.List().Except(plan.Removed), .. _images.Keys];
    }

    public string Directory => _files.Directory;

    public bool DirectoryExists => _files.DirectoryExists;

    public void CreateDirectory() => throw ReadOnly();

    public IReadOnlyList<string> List() => [.. _names];

    public IJournalFile Open(string name, JournalFileMode mode)
    {
        if (mode != JournalFileMode.Read) throw ReadOnly();
        if (_images.TryGetValue(name, out FileImage? image)) return new ImageFile(image, _sources);
        return _names.Contains(name) ? _files.Open(name, mode) : throw new FileNotFoundException("no such file", name);
    }

    public void Rename(string from, string to) => throw ReadOnly();

    public void Delete(string name) => throw ReadOnly();

    public void SyncDirectory() => throw ReadOnly();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => throw ReadOnly();

    public void Dispose() => _sources.Dispose();

    private static UnauthorizedAccessException ReadOnly() => new("a damaged store is open for reading what is whole; repair it to write");

    private sealed class ImageFile(FileImage image, OpenFiles sources) : IJournalFile
    {
        public long Length => image.Length;

        public int ReadAt(Span<byte> destination, long offset) => image.ReadAt(sources.Get, destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => throw ReadOnly();

        public void Sync() => throw ReadOnly();

        public void SetLength(long length) => throw ReadOnly();

        public void Dispose()
        {
            // The sources belong to the view.
        }
    }
}
