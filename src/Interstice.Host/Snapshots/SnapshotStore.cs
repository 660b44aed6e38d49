using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>The snapshots of one event store.</summary>
/// <param name="files">Where they are.</param>
/// <param name="storeId">Id of the event store: what was taken from another is not used.</param>
public sealed class SnapshotStore(ISnapshotFiles files, Guid storeId)
{
    /// <summary>Id of the event store.</summary>
    public Guid StoreId { get; } = storeId;

    /// <summary>Where they are, for messages.</summary>
    public string Directory => files.Directory;

    /// <summary>Names of a module's snapshots, the newest first.</summary>
    /// <param name="module">The module.</param>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public IReadOnlyList<SnapshotName> List(string module)
    {
        List<SnapshotName> names = [];
        foreach (string file in files.List())
            if (SnapshotName.TryParse(file, out SnapshotName name) && name.Module == module) names.Add(name);
        names.Sort((left, right) => right.Revision.CompareTo(left.Revision));
        return names;
    }

    internal long LengthOf(SnapshotName name)
    {
        using ISnapshotFile file = files.Open(name.ToString());
        return file.Length;
    }

    internal SnapshotReader Open(SnapshotName name) => SnapshotReader.Open(files.Open(name.ToString()));

    internal IDisposable? TryLock() => files.TryLock();

    /// <summary>Removes what an interrupted writer left; call under the lock.</summary>
    internal void RemoveUnfinished()
    {
        foreach (string file in files.List())
        {
            bool isUnfinished = file.EndsWith(SnapshotName.UnfinishedExtension, StringComparison.Ordinal)
                && SnapshotName.TryParse(file[..^SnapshotName.UnfinishedExtension.Length], out _);
            if (isUnfinished) files.Delete(file);
        }
    }

    /// <summary>Writes a file under its unfinished name, makes it durable, and gives it its name; call under the lock.</summary>
    /// <param name="name">Its name. A file that has it, which must have been refused, is replaced.</param>
    /// <param name="write">Writes the content.</param>
    internal void Write(SnapshotName name, Action<ISnapshotFile> write)
    {
        try
        {
            using (ISnapshotFile file = files.Create(name.Unfinished))
            {
                write(file);
                file.Sync();
            }

            if (files.List().Contains(name.ToString())) files.Delete(name.ToString());
            files.Rename(name.Unfinished, name.ToString());
            files.SyncDirectory();
        }
        catch
        {
            // What was written takes room that the log may need: a full device is a likely reason to be here.
            TryRemoveUnfinished();
            throw;
        }
    }

    /// <summary>Removes all but the newest snapshots up to a revision; call under the lock, when the newest is durable.</summary>
    /// <param name="module">The module.</param>
    /// <param name="newest">Revision of the newest one; later ones are not of this log and stay.</param>
    /// <param name="keep">How many stay, 1 or more.</param>
    /// <param name="refused">Names that do not count and stay, for whoever looks into it.</param>
    /// <returns>How many were removed.</returns>
    internal int Prune(string module, Revision newest, int keep, IEnumerable<string> refused)
    {
        SnapshotName[] surplus = [.. List(module)
            .Where(name => name.Revision <= newest && !refused.Contains(name.ToString()))
            .Skip(keep)];
        foreach (SnapshotName name in surplus) files.Delete(name.ToString());
        return surplus.Length;
    }

    private void TryRemoveUnfinished()
    {
        try
        {
            RemoveUnfinished();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The next writer tries again; the failure that led here is the one to report.
        }
    }
}
