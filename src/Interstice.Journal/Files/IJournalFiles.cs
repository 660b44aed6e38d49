namespace Interstice.Journal.Files;

/// <summary>The directory that a journal lives in: everything that it asks of a file system, so that tests can fail, tear and
/// lose each operation.</summary>
/// <remarks>Names are plain file names in that one directory. Every failure is an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/>. Thread-safe.</remarks>
public interface IJournalFiles
{
    /// <summary>The directory, for messages.</summary>
    string Directory { get; }

    /// <summary>Whether the directory is there.</summary>
    bool DirectoryExists { get; }

    /// <summary>Makes the directory and its parents, durably.</summary>
    void CreateDirectory();

    /// <summary>Names of the files in it, in any order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mode">For what.</param>
    /// <exception cref="FileNotFoundException">It is not there and <paramref name="mode"/> does not make it.</exception>
    IJournalFile Open(string name, JournalFileMode mode);

    /// <summary>Gives a file another name. Durable after <see cref="SyncDirectory"/>.</summary>
    /// <param name="from">Its name.</param>
    /// <param name="to">Its new name; no file may have it.</param>
    void Rename(string from, string to);

    /// <summary>Removes a file. Durable after <see cref="SyncDirectory"/>.</summary>
    /// <param name="name">Its name.</param>
    void Delete(string name);

    /// <summary>Makes names that were created, changed and removed durable.</summary>
    void SyncDirectory();

    /// <summary>Takes the exclusive lock that the system frees when the process ends.</summary>
    /// <param name="name">Name of the lock file, made if it is not there.</param>
    /// <param name="holder">What this holder is called; others read it when they are refused.</param>
    /// <param name="heldBy">When the lock is taken by another: what that one is called, empty if not known.</param>
    /// <returns>The lock, freed by disposing it, or null when another holds it.</returns>
    IDisposable? TryLock(string name, string holder, out string heldBy);
}
