using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Host.Snapshots;
using Interstice.Journal.Verification;

namespace Interstice.Cli.Inspection;

/// <summary>What is in the directory of a store beside log and snapshots, and what may be done with it.</summary>
internal static class StoreLeftovers
{
    private const string LockName = "lock";

    /// <summary>Adds to what the journal found what is in the directory of snapshots, and directories.</summary>
    public static List<LeftoverFile> List(string directory, VerificationReport journal)
    {
        List<LeftoverFile> files = [.. journal.OtherFiles.Select(LeftoverFile.Of)];
        foreach (string other in Directory.EnumerateDirectories(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
            if (other != SnapshotDirectory.Name) files.Add(LeftoverFile.OfForeign(other + "/", 0));
        string snapshots = Path.Join(directory, SnapshotDirectory.Name);
        if (!Directory.Exists(snapshots)) return files;
        foreach (FileInfo file in new DirectoryInfo(snapshots).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            // What a running host takes away meanwhile is no leftover; what it has looked up now stays known.
            if (!file.Exists || file.Name == LockName || SnapshotName.TryParse(file.Name, out _)) continue;
            string name = $"{SnapshotDirectory.Name}/{file.Name}";
            bool isUnfinished = file.Name.EndsWith(SnapshotName.UnfinishedExtension, StringComparison.Ordinal)
                && SnapshotName.TryParse(file.Name[..^SnapshotName.UnfinishedExtension.Length], out _);
            files.Add(isUnfinished
                ? new LeftoverFile(name, "unfinishedSnapshot", file.Length, MayBeDeleted: true,
                    "a snapshot that was not finished; the next one removes it")
                : LeftoverFile.OfForeign(name, file.Length));
        }

        return files;
    }
}

/// <summary>A file that is no part of log and snapshots.</summary>
/// <param name="Path">Where, from the directory of the store on.</param>
/// <param name="Kind">What it is, in one word.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="MayBeDeleted">Whether deleting it loses nothing while no process has the store open.</param>
/// <param name="Meaning">What it is, and what becomes of it.</param>
internal sealed record LeftoverFile(string Path, string Kind, long Bytes, bool MayBeDeleted, string Meaning)
{
    /// <summary>Takes over what the journal found.</summary>
    public static LeftoverFile Of(OtherFile file) => new(
        file.Name,
        JsonNamingPolicy.CamelCase.ConvertName(file.Kind.ToString()),
        file.Bytes,
        file.MayBeDeleted,
        file.Kind switch
        {
            OtherFileKind.PreparedSegment => "the next segment, prepared by the process that has the store open; the next opening removes a left one",
            OtherFileKind.UnfinishedStoreFile => "a store file that never got its name; the next opening removes it",
            OtherFileKind.UnfinishedArchiveRecord => "of an archiving that was not finished; the next opening removes it",
            OtherFileKind.UnfinishedRepair => "of a repair that had not begun to change the store; the next opening removes it",
            OtherFileKind.BegunRepair => "of a repair that was begun and not finished: run the same log-repair again, it removes this",
            _ => "not a file of this store; it is left alone",
        });

    /// <summary>What another program put there.</summary>
    public static LeftoverFile OfForeign(string path, long bytes) =>
        Of(new OtherFile(path, OtherFileKind.Foreign, bytes));

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("path", Path);
        json.WriteString("kind", Kind);
        json.WriteNumber("bytes", Bytes);
        json.WriteBoolean("mayBeDeleted", MayBeDeleted);
        json.WriteString("meaning", Meaning);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Path}, {Count.Of(Bytes, "byte")}: {Meaning}; {(MayBeDeleted ? "may be deleted while no process has the store open" : Advice)}";

    private string Advice => Kind == "foreign" ? "whether it may go, whoever put it there knows" : "do not delete it";
}
