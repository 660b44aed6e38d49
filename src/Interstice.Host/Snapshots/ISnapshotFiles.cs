namespace Interstice.Host.Snapshots;

/// <summary>The directory that snapshots live in: everything that they ask of a file system, so that tests can fail each
/// operation.</summary>
/// <remarks>Names are plain file names in that one directory. Every failure is an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/>. Thread-safe.</remarks>
public interface ISnapshotFiles
{
    /// <summary>The directory, for messages.</summary>
    string Directory { get; }

    /// <summary>Names of the files in it, in any order; none if the directory is not there.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file to read it.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    ISnapshotFile Open(string name);

    /// <summary>Makes a file, which must not be there.</summary>
    /// <param name="name">Its name.</param>
    ISnapshotFile Create(string name);

    /// <summary>Gives a file another name. Durable after <see cref="SyncDirectory"/>.</summary>
    /// <param name="from">Its name.</param>
    /// <param name="to">Its new name; no file may have it.</param>
    void Rename(string from, string to);

    /// <summary>Removes a file. Durable after <see cref="SyncDirectory"/>.</summary>
    /// <param name="name">Its name.</param>
    void Delete(string name);

    /// <summary>Makes names that were created, changed and removed durable.</summary>
    void SyncDirectory();

    /// <summary>Takes the lock of whoever writes snapshots here, which the system frees when the process ends. Makes the
    /// directory if it is not there.</summary>
    /// <returns>The lock, freed by disposing it, or null when another holds it.</returns>
    IDisposable? TryLock();
}
