using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Verification;

/// <summary>A file in the directory of a journal that holds nothing of the log. No error.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Its length.</param>
public sealed record OtherFile(string Name, OtherFileKind Kind, long Bytes)
{
    /// <summary>Whether deleting it loses nothing, provided that no process has the store open: its process may be using it.</summary>
    public bool MayBeDeleted => Kind is not (OtherFileKind.BegunRepair or OtherFileKind.Foreign);

    /// <summary>Lists them, in the order of their names.</summary>
    internal static List<OtherFile> List(IJournalFiles files)
    {
        List<OtherFile> found = [];
        foreach (string name in files.List().Order(StringComparer.Ordinal))
        {
            if (KindOf(name) is not { } kind) continue;
            try
            {
                using IJournalFile file = files.Open(name, JournalFileMode.Read);
                found.Add(new OtherFile(name, kind, file.Length));
            }
            catch (FileNotFoundException)
            {
                // The process that has the store open has used or removed it in the meantime.
            }
            catch (Exception e) when (kind == OtherFileKind.Foreign && e is IOException or UnauthorizedAccessException)
            {
                found.Add(new OtherFile(name, kind, 0)); // what is nobody's business need not be readable
            }
        }

        return found;
    }

    private static OtherFileKind? KindOf(string name) => name switch
    {
        StoreFile.Name or JournalStore.LockName => null,
        SegmentName.Prepared => OtherFileKind.PreparedSegment,
        StoreFile.TemporaryName => OtherFileKind.UnfinishedStoreFile,
        RepairIntent.Name => OtherFileKind.BegunRepair,
        _ when SegmentName.IsClaimed(name) || ArchiveName.TryParseRecord(name, out _) => null, // a segment, or an error
        _ when ArchiveName.IsUnfinishedRecord(name) => OtherFileKind.UnfinishedArchiveRecord,
        _ when RepairIntent.IsLeftover(name) => OtherFileKind.UnfinishedRepair,
        _ => OtherFileKind.Foreign,
    };
}

/// <summary>What a file is that holds nothing of the log.</summary>
public enum OtherFileKind
{
    /// <summary>The next segment, prepared by the process that has the store open; a leftover when there is none, which the next opening for
    /// writing removes.</summary>
    PreparedSegment,

    /// <summary>A store file that never got its name; the next opening for writing removes it.</summary>
    UnfinishedStoreFile,

    /// <summary>A record of an archived segment that never got its name; the next opening for writing removes it.</summary>
    UnfinishedArchiveRecord,

    /// <summary>What a repair wrote before it began to change the store; the next opening for writing removes it.</summary>
    UnfinishedRepair,

    /// <summary>Says that a repair was begun and not finished; the same <c>log-repair</c> finishes it and removes this. To be kept.</summary>
    BegunRepair,

    /// <summary>A file of another program; a journal leaves it alone.</summary>
    Foreign,
}
