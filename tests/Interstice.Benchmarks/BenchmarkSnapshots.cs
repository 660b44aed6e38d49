using Interstice.Host.Snapshots;
using Interstice.Journal.Files;

namespace Interstice.Benchmarks;

/// <summary>Snapshots in a directory of the file system, for one user.</summary>
internal sealed class BenchmarkSnapshots(DirectoryFiles files) : ISnapshotFiles
{
    public string Directory => files.Directory;

    public IReadOnlyList<string> List() => files.List();

    public ISnapshotFile Open(string name) => new OpenFile(files.Open(name, JournalFileMode.Read));

    public ISnapshotFile Create(string name) => new OpenFile(files.Open(name, JournalFileMode.Create));

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock() => files.TryLock("lock", "benchmark", out _);

    private sealed class OpenFile(IJournalFile file) : ISnapshotFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
