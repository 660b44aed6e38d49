using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

public static partial class StoreRestore
{
    private const string StagingSuffix = ".restoring";
    private const string Marker = "restoring";
    private const string LockName = "lock";

    /// <summary>Restores into a directory of the file system that is not there, or empty. It is written beside, and gets its name when it is
    /// whole and durable.</summary>
    /// <param name="backup">The directory of the backup.</param>
    /// <param name="store">Where the store will be.</param>
    /// <param name="point">Up to where; null for all of it.</param>
    /// <param name="hasNewId">Gives the store an id of its own in any case.</param>
    /// <param name="time">Gives the time that a new id is dated with; the system's when null.</param>
    /// <param name="progress">Told the number of bytes that were done, each counted up to four times.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EventStoreException">As above, and kind <see cref="EventStoreErrorKind.InUse"/>: another process restores into the
    /// same directory.</exception>
    public static async Task<RestoreReport> RunAsync(
        string backup,
        string store,
        RestorePoint? point = null,
        bool hasNewId = false,
        TimeProvider? time = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        (string source, string target) = StorePaths.ExpectApart(backup, store);
        string beside = Path.TrimEndingDirectorySeparator(target) + StagingSuffix;
        DirectoryFiles staging = new(beside);
        IDisposable? held = null;
        bool isWhole = false;
        try
        {
            ExpectEmpty(target);
            Restoring restoring = new(
                new DirectoryFiles(source), new Steps(progress), point, hasNewId, time ?? TimeProvider.System);
            RestoreReport report = await restoring.RunAsync(Begin, cancellationToken).ConfigureAwait(false);
            isWhole = true;
            staging.Delete(Marker);
            staging.SyncDirectory();
            ExpectEmpty(target);
            if (Directory.Exists(target)) Directory.Delete(target);
            if (OperatingSystem.IsWindows()) held?.Dispose(); // it renames no directory with an open file
            Directory.Move(beside, target);
            NativeFiles.SyncDirectory(Path.GetDirectoryName(target)!);
            return report;

            IJournalFiles Begin()
            {
                held = BeginBeside(staging);
                return staging;
            }
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            throw BackupFailure.Of($"restoring {backup} into {store} failed", e);
        }
        finally
        {
            if (held is not null && !isWhole) RemoveBeside(staging);
            held?.Dispose();
        }
    }

    private static void ExpectEmpty(string directory)
    {
        if (File.Exists(directory))
            throw new EventStoreException(EventStoreErrorKind.Refused, $"{directory} is a file; name a directory");
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()) throw NotEmpty(directory);
    }

    // What a restore that was killed left there is removed; its marker tells it from everything else.
    private static IDisposable BeginBeside(DirectoryFiles staging)
    {
        bool isLeft = staging.DirectoryExists;
        if (isLeft && Directory.EnumerateFileSystemEntries(staging.Directory).Any() && !staging.List().Contains(Marker))
            throw new EventStoreException(EventStoreErrorKind.Refused,
                $"{staging.Directory} is in the way: a restore that was ended just before the last step, or something else; "
                + "look into it, then rename or remove it");
        try
        {
            if (!isLeft) staging.CreateDirectory();
            if (!staging.List().Contains(Marker)) staging.Open(Marker, JournalFileMode.Create).Dispose();
            IDisposable held = staging.TryLock(LockName, $"process {Environment.ProcessId}", out string heldBy)
                ?? throw new EventStoreException(EventStoreErrorKind.InUse,
                    $"a store is being restored in {staging.Directory} by {(heldBy.Length > 0 ? heldBy : "another process")}; let it end");
            RemoveWritten(staging);
            staging.SyncDirectory();
            return held;
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            RemoveBeside(staging);
            throw;
        }
    }

    private static void RemoveWritten(DirectoryFiles staging)
    {
        foreach (string name in staging.List())
            if (name is StoreFile.Name or StoreFile.TemporaryName || SegmentName.TryParse(name, out _, out _)) staging.Delete(name);
    }

    private static void RemoveBeside(DirectoryFiles staging)
    {
        try
        {
            RemoveWritten(staging);
            staging.Delete(LockName);
            staging.Delete(Marker);
            Directory.Delete(staging.Directory);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            // What is left is removed by the next restore; the failure that led here is the one to tell.
        }
    }
}
