using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Recovery;
using Interstice.Journal.Repair;
using Interstice.Journal.Segments;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

public sealed partial class JournalStore
{
    private static JournalStore OpenToRead(JournalOptions options, TimeProvider time, IJournalFiles files)
    {
        RepairedView? view = null;
        try
        {
            if (files.DirectoryExists && options.Recovery == RecoveryMode.Salvage) files = view = JournalRepair.View(files, time);
            if (!files.DirectoryExists || !files.List().Contains(StoreFile.Name)) throw Missing(files);
            RepairIntent.ExpectNone(files);
            Log log = new(files, StoreFile.Read(files), options.IndexBytesMax);
            LogTail tail = new(log, options.ChecksFramesOnOpen);
            LogOpener opener = tail.Open();
            return new JournalStore(options, time, log, view, null, tail, Report(log, opener, isNew: false));
        }
        catch (Exception e)
        {
            view?.Dispose();
            if (WriteFailure.IsOfFiles(e)) throw Unreadable(files, e);
            throw;
        }
    }

    private static JournalStore OpenToWrite(
        JournalOptions options, TimeProvider time, IJournalFiles files, IJournalFiles? backup)
    {
        if (options.Recovery == RecoveryMode.Salvage)
            throw new EventStoreException(EventStoreErrorKind.ReadOnly,
                $"the journal {files.Directory} is to be salvaged, which only reads; repair it to write (docs/recovery.md)");
        IDisposable? held = null;
        try
        {
            bool exists = files.DirectoryExists && files.List().Contains(StoreFile.Name);
            bool isRepairable = IsRepairable(files, options);
            if (!exists && !isRepairable && !options.CreateIfMissing) throw Missing(files);
            if (exists && !isRepairable) StoreFile.Read(files); // a foreign directory is refused before a lock file is put into it
            if (!files.DirectoryExists) files.CreateDirectory();
            held = Lock(files);
            try
            {
                return OpenLocked(options, time, files, held, repair: null);
            }
            catch (EventStoreException e) when (IsDamage(e))
            {
                if (Repair(files, options, backup, time) is not { } repair) throw;
                return OpenLocked(options, time, files, held, repair);
            }
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (WriteFailure.IsOfFiles(e)) throw Unopenable(files, e);
            throw;
        }
    }

    private static JournalStore OpenLocked(
        JournalOptions options, TimeProvider time, IJournalFiles files, IDisposable held, RepairReport? repair)
    {
        Log? log = null;
        try
        {
            RepairIntent.ExpectNone(files);
            bool isNew = !files.List().Contains(StoreFile.Name);
            if (isNew) CreateStore(files, time);
            log = new Log(files, StoreFile.Read(files), options.IndexBytesMax);
            RecentAppends recent = new();
            LogOpener opener = new(log, recent, JournalFileMode.Write, options.ChecksFramesOnOpen);
            opener.ReadAll();
            RecoveryReport report = Report(log, opener, isNew) with { Repair = repair };
            RemoveLeftovers(files);
            Settle(log, opener, options);
            LogWriter writer = new(log, recent, options, time);
            if (!isNew && !opener.WasClosedInOrder) writer.WriteRecoveredMarker();
            writer.Start();
            return new JournalStore(options, time, log, held, writer, null, report);
        }
        catch
        {
            if (log is not null)
                foreach (Segment segment in log.Segments) segment.File.Dispose();
            throw;
        }
    }

    internal static IDisposable Lock(IJournalFiles files) =>
        files.TryLock(LockName, $"process {Environment.ProcessId}", out string heldBy)
        ?? throw new EventStoreException(EventStoreErrorKind.InUse,
            $"the journal {files.Directory} is open for writing in {(heldBy.Length > 0 ? heldBy : "another process")}; "
            + "stop that one, or open it for reading only");

    private static void CreateStore(IJournalFiles files, TimeProvider time)
    {
        foreach (string name in files.List())
        {
            if (SegmentName.IsClaimed(name))
                throw new EventStoreException(EventStoreErrorKind.UnknownFormat,
                    $"{files.Directory} holds {name} but not {StoreFile.Name}; restore that file, or name another directory");
            if (name == StoreFile.TemporaryName) files.Delete(name);
        }

        long createdUs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        StoreFile.Create(files, Guid.NewGuid(), createdUs);
    }

    private static void RemoveLeftovers(IJournalFiles files)
    {
        foreach (string name in files.List())
            if (name is StoreFile.TemporaryName or SegmentName.Prepared || RepairIntent.IsLeftover(name)
                || ArchiveName.IsUnfinishedRecord(name)) files.Delete(name);
    }

    // Makes the log end in a segment that can be appended to, durable to its tail and zero after it.
    private static void Settle(Log log, LogOpener opener, JournalOptions options)
    {
        if (log.Segments.Length > 0)
        {
            Segment last = log.Active;
            if (last.File is not ArchivedSegmentFile) // one that a repair left as the last is sealed, and durable
            {
                WriteAgain(last, opener.DurableBeforeLast);
                if (opener.TornTail is { } torn) SegmentFiles.WriteZeros(last.File, torn.Offset, torn.Offset + torn.Bytes);
                last.File.Sync();
            }

            log.Files.SyncDirectory();
            if (!last.IsSealed) return;
        }

        Segment? previous = log.Segments.LastOrDefault();
        ulong basePosition = previous?.PositionOf(previous.Tail) ?? 0;
        IJournalFile file = SegmentFiles.Prepare(log.Files, SegmentFiles.Capacity(basePosition, options.SegmentBytes));
        log.Add(SegmentFiles.ActivateAfter(log, previous, file));
        log.PublishTail(log.Active.PositionOf(log.Active.Tail));
    }

    // The last group may have been read from the system's memory only. Where its sync failed, the system may have dropped it from
    // what it still means to write and yet show it; only what is written again is sure to be synced.
    private static void WriteAgain(Segment segment, ulong durable)
    {
        long from = durable <= segment.BasePosition ? 0 : (long)(durable - segment.BasePosition);
        byte[] bytes = new byte[Math.Clamp(segment.Tail - from, 0, 1 << 20)];
        for (long at = from; at < segment.Tail;)
        {
            int read = segment.File.ReadAt(bytes.AsSpan(0, (int)Math.Min(bytes.Length, segment.Tail - at)), at);
            if (read == 0) throw new EndOfStreamException($"{segment.Name} became shorter while it was read");
            segment.File.WriteAt(bytes.AsSpan(0, read), at);
            at += read;
        }
    }

    private static RecoveryReport Report(Log log, LogOpener opener, bool isNew) => new(
        isNew,
        opener.WasClosedInOrder,
        log.Segments.Length,
        log.Segments.Sum(segment => segment.Frames),
        log.Segments.Sum(segment => segment.Events),
        log.Streams.Count(pair => pair.Value.Last >= 0),
        (long)log.Tail,
        opener.TornTail)
    {
        FooterProblems = opener.FooterProblems.Count == 0 ? [] : [.. opener.FooterProblems],
    };

    private static EventStoreException Missing(IJournalFiles files) => new(EventStoreErrorKind.Unavailable,
        $"there is no journal in {files.Directory}; name the directory of one");

    private static EventStoreException Unreadable(IJournalFiles files, Exception e) => new(EventStoreErrorKind.Unavailable,
        $"the journal {files.Directory} cannot be read: {e.Message}", e);

    private static EventStoreException Unopenable(IJournalFiles files, Exception e)
    {
        EventStoreException failure = WriteFailure.BeforeWrite(e, "opening", files.Directory);
        return failure.Kind == EventStoreErrorKind.Refused
            ? new EventStoreException(EventStoreErrorKind.Unavailable, failure.Message, e)
            : failure;
    }
}
