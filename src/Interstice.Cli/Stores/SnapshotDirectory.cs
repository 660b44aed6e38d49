using Interstice.Host.Snapshots;
using Interstice.Journal.Files;

namespace Interstice.Cli.Stores;

/// <summary>Snapshots in a directory, through the journal's access to files.</summary>
/// <param name="files">The directory.</param>
internal sealed class SnapshotDirectory(IJournalFiles files) : ISnapshotFiles
{
    /// <summary>Where the snapshots of an embedded journal are, within its directory.</summary>
    public const string Name = "snapshots";

    private const string LockName = "lock";

    /// <inheritdoc/>
    public string Directory => files.Directory;

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => files.DirectoryExists ? files.List() : [];

    /// <inheritdoc/>
    public ISnapshotFile Open(string name) => new OpenFile(files.Open(name, JournalFileMode.Read));

    /// <inheritdoc/>
    public ISnapshotFile Create(string name) => new OpenFile(files.Open(name, JournalFileMode.Create));

    /// <inheritdoc/>
    public void Rename(string from, string to) => files.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string name) => files.Delete(name);

    /// <inheritdoc/>
    public void SyncDirectory() => files.SyncDirectory();

    /// <inheritdoc/>
    public IDisposable? TryLock()
    {
        if (!files.DirectoryExists) files.CreateDirectory();
        return files.TryLock(LockName, $"process {Environment.ProcessId}", out _);
    }

    private sealed class OpenFile(IJournalFile file) : ISnapshotFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
