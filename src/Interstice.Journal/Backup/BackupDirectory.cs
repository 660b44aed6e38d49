using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>The directory of a backup: its manifests, and what else may stand in it.</summary>
/// <remarks>
/// <para>The manifest with the highest number is the backup. Files only grow, and only behind what it counts, so that it stays good
/// until the next one has its name. What no manifest counts is the rest of a backup that was not finished.</para>
/// <para>An empty manifest under <see cref="Unfinished"/> comes before everything else, so that a first backup that was not finished can
/// be told from a directory of somebody else. There is never a store file, so that no journal opens a backup.</para>
/// </remarks>
internal sealed class BackupDirectory(IJournalFiles files)
{
    public const string Unfinished = "backup.manifest.new";
    public const string LockName = "lock";

    private const string Prefix = "backup-";
    private const string Extension = ".manifest";

    public IJournalFiles Files => files;

    public static string NameOf(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D10}{Extension}");

    /// <summary>Whether a file says that its directory is a backup's.</summary>
    public static bool IsManifest(string name) => name == Unfinished || TryParse(name, out _);

    /// <summary>Reads the newest manifest; null when there is none.</summary>
    /// <exception cref="BackupDamageException">It is damaged.</exception>
    public BackupManifest? ReadNewest()
    {
        long number = files.DirectoryExists ? Numbers().DefaultIfEmpty(0).Max() : 0;
        if (number == 0) return null;
        string path = Path.Join(files.Directory, NameOf(number));
        using IJournalFile file = files.Open(NameOf(number), JournalFileMode.Read);
        byte[] bytes = new byte[file.Length];
        int read = file.ReadAt(bytes, 0);
        BackupManifest manifest = BackupManifest.Decode(bytes.AsSpan(0, read), path);
        return manifest.Number == number ? manifest : throw new BackupDamageException(
            path, 0, "number", $"{number}", $"{manifest.Number}");
    }

    /// <summary>Refuses a directory that is a store, or that holds what no backup leaves.</summary>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Refused"/>.</exception>
    public void ExpectNoOthers()
    {
        if (!files.DirectoryExists) return;
        IReadOnlyList<string> names = files.List();
        if (names.Contains(StoreFile.Name))
            throw Refused($"{files.Directory} is a store, not a place for backups; name another directory");
        bool isOurs = names.Contains(Unfinished) || Numbers().Any();
        string? other = names.FirstOrDefault(name => name != LockName && !(isOurs && IsOurs(name)));
        if (other is not null)
            throw Refused($"{files.Directory} holds {other}, which is no part of a backup; name an empty directory");
    }

    /// <summary>Makes sure that the directory can be told to be a backup's, and removes what the manifest does not count.</summary>
    public void Begin(BackupManifest? newest)
    {
        bool isThere = files.List().Contains(Unfinished);
        using (IJournalFile file = files.Open(Unfinished, isThere ? JournalFileMode.Write : JournalFileMode.Create))
        {
            if (isThere) file.SetLength(0);
            file.Sync();
        }

        files.SyncDirectory();
        HashSet<string> counted = [.. newest?.Files.Select(file => file.Name) ?? []];
        foreach (string name in files.List())
            if (SegmentName.TryParse(name, out _, out _) && !counted.Contains(name)) files.Delete(name);
    }

    /// <summary>Makes a manifest the newest, durably, after everything that it counts; then removes the older ones.</summary>
    public void Publish(BackupManifest manifest)
    {
        files.SyncDirectory();
        using (IJournalFile file = files.Open(Unfinished, JournalFileMode.Write))
        {
            file.WriteAt(manifest.Encode(), 0);
            file.Sync();
        }

        files.Rename(Unfinished, NameOf(manifest.Number));
        files.SyncDirectory();
        foreach (long number in Numbers().ToList())
            if (number < manifest.Number) files.Delete(NameOf(number));
        files.SyncDirectory();
    }

    private static bool IsOurs(string name) => IsManifest(name) || SegmentName.TryParse(name, out _, out _);

    private static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.Length == Prefix.Length + 10 + Extension.Length
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, 10), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    private static EventStoreException Refused(string message) => new(EventStoreErrorKind.Refused, message);

    private IEnumerable<long> Numbers()
    {
        foreach (string name in files.List())
            if (TryParse(name, out long number)) yield return number;
    }
}
