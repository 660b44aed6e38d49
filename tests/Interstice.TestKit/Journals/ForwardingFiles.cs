using Interstice.Journal.Files;

namespace Interstice.TestKit.Journals;

/// <summary>A directory that hands everything on to another one: a base for those that change or watch a few operations.</summary>
/// <param name="files">The other one.</param>
public abstract class ForwardingFiles(IJournalFiles files) : IJournalFiles
{
    /// <inheritdoc/>
    public string Directory => files.Directory;

    /// <inheritdoc/>
    public bool DirectoryExists => files.DirectoryExists;

    /// <inheritdoc/>
    public void CreateDirectory() => files.CreateDirectory();

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => files.List();

    /// <inheritdoc/>
    public virtual IJournalFile Open(string name, JournalFileMode mode) => files.Open(name, mode);

    /// <inheritdoc/>
    public void Rename(string from, string to) => files.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string name) => files.Delete(name);

    /// <inheritdoc/>
    public virtual void SyncDirectory() => files.SyncDirectory();

    /// <inheritdoc/>
    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);
}
