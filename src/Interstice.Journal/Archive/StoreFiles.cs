using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Archive;

/// <summary>The files of a store with its archived segments in their places, so that whoever reads segments need not know where they
/// are.</summary>
/// <remarks>A segment in the store comes before a record of it: a segment that is put back counts at once. The archive is first looked
/// for where it is said to be, then where the record says that it was.</remarks>
public sealed class StoreFiles : IJournalFiles
{
    private readonly IJournalFiles _files;

    /// <summary>Looks at a store and its archive.</summary>
    /// <param name="files">The store's directory.</param>
    /// <param name="archive">Where the archive is now; null for where the records say.</param>
    public StoreFiles(IJournalFiles files, IJournalFiles? archive)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        Archive = archive;
    }

    /// <inheritdoc/>
    public string Directory => _files.Directory;

    /// <inheritdoc/>
    public bool DirectoryExists => _files.DirectoryExists;

    /// <summary>The files of the store alone.</summary>
    internal IJournalFiles Inner => _files;

    /// <summary>Where the archive is said to be; null when nothing is said.</summary>
    internal IJournalFiles? Archive { get; }

    /// <summary>Looks at a store and its archive; what does so already stays as it is.</summary>
    internal static IJournalFiles Of(IJournalFiles files, string? archiveDirectory = null) => files as StoreFiles
        ?? new StoreFiles(files, archiveDirectory is null ? null : new DirectoryFiles(archiveDirectory));

    /// <inheritdoc/>
    public void CreateDirectory() => _files.CreateDirectory();

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        // Twice: a listing may pass the place of a record before it is made, and that of its segment after it was removed.
        HashSet<string> names = [.. _files.List()];
        foreach (string name in _files.List())
            if (ArchiveName.TryParseRecord(name, out string segment)) names.Add(segment);
        return [.. names];
    }

    /// <inheritdoc/>
    public IJournalFile Open(string name, JournalFileMode mode)
    {
        // To write too: the last segment may be an archived one after a repair. Whoever writes into it is refused there.
        if (mode == JournalFileMode.Create || !SegmentName.TryParse(name, out _, out _)) return _files.Open(name, mode);
        try
        {
            return _files.Open(name, mode);
        }
        catch (FileNotFoundException) when (_files.List().Contains(ArchiveName.RecordOf(name)))
        {
            return OpenArchived(name);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => _files.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string name)
    {
        // A segment that is to be gone must not come back by its record.
        if (SegmentName.TryParse(name, out _, out _) && _files.List().Contains(ArchiveName.RecordOf(name)))
            _files.Delete(ArchiveName.RecordOf(name));
        _files.Delete(name);
    }

    /// <inheritdoc/>
    public void SyncDirectory() => _files.SyncDirectory();

    /// <inheritdoc/>
    public IDisposable? TryLock(string name, string holder, out string heldBy) => _files.TryLock(name, holder, out heldBy);

    /// <summary>Opens a segment by its record.</summary>
    /// <exception cref="JournalDamageException">The record is damaged.</exception>
    internal ArchivedSegmentFile OpenArchived(string name)
    {
        string recordName = ArchiveName.RecordOf(name);
        if (!SegmentName.TryParse(name, out long number, out ulong basePosition))
            throw new ArgumentException($"{name} is no name of a segment", nameof(name));
        IJournalFile file = _files.Open(recordName, JournalFileMode.Read);
        try
        {
            ArchiveRecord record = ArchiveRecord.Read(file, Path.Join(Directory, recordName), number, basePosition);
            return new ArchivedSegmentFile(this, name, file, record);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens the file of a segment in the archive, and says in which directory.</summary>
    /// <exception cref="ArchiveUnreachableException">It is nowhere.</exception>
    internal (IJournalFile File, string Directory) OpenInArchive(ArchivedSegmentFile segment, string name)
    {
        string? reason = null;
        Exception? cause = null;
        foreach (IJournalFiles place in Places(segment.Record.Directory))
        {
            try
            {
                if (TryOpen(place, name, segment.Record) is { } found) return (found, place.Directory);
                reason ??= $"{Path.Join(place.Directory, name)} is another file than the one that was archived";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reason ??= e is FileNotFoundException or DirectoryNotFoundException
                    ? $"{Path.Join(place.Directory, name)} is not there"
                    : $"{Path.Join(place.Directory, name)} cannot be read ({e.Message})";
                cause ??= e;
            }
        }

        throw Unreachable(segment, reason!, cause);
    }

    /// <summary>The failure for a segment that cannot be read in the archive.</summary>
    internal ArchiveUnreachableException Unreachable(ArchivedSegmentFile segment, string reason, Exception? cause) =>
        new(segment.Describe(), Directory, reason, cause);

    private static IJournalFile? TryOpen(IJournalFiles place, string name, ArchiveRecord record)
    {
        Span<byte> expected = stackalloc byte[SegmentHeader.Bytes];
        Span<byte> found = stackalloc byte[SegmentHeader.Bytes];
        record.Header.Write(expected);
        IJournalFile file = place.Open(name, JournalFileMode.Read);
        bool isSame = false;
        try
        {
            isSame = file.Length == record.Length && file.ReadAt(found, 0) == found.Length && found.SequenceEqual(expected);
            return isSame ? file : null;
        }
        finally
        {
            if (!isSame) file.Dispose();
        }
    }

    private IEnumerable<IJournalFiles> Places(string recorded)
    {
        if (Archive is not null) yield return Archive;
        if (Archive is null || !string.Equals(Archive.Directory, recorded, StringComparison.Ordinal))
            yield return new DirectoryFiles(recorded);
    }
}
