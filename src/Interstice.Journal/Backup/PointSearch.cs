using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Finds the border between two appends that a point means, in a backup that has been verified.</summary>
internal sealed class PointSearch(BackupStoreFiles files, BackupManifest manifest, Guid storeId)
{
    /// <summary>Position after the last frame to keep.</summary>
    /// <exception cref="RestorePointException">The backup does not reach the point.</exception>
    public async Task<ulong> FindAsync(RestorePoint point, CancellationToken cancellationToken)
    {
        if (point is RestorePoint.AtTime time) return EndAt(time.Instant);
        JournalOptions options = new() { Directory = files.Directory, ReadOnly = true };
        JournalStore store = await JournalStore.OpenAsync(options, null, files, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return point switch
            {
                RestorePoint.AtRevision at => await EndAtAsync(store, at, cancellationToken).ConfigureAwait(false),
                RestorePoint.AtPosition at => await EndAtAsync(store, at.Position, cancellationToken).ConfigureAwait(false),
                _ => throw new ArgumentException($"{point} is no point", nameof(point)),
            };
        }
    }

    private static async Task<ulong?> PositionAsync(
        JournalStore store, StreamName stream, Revision revision, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, revision, 1, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Length > 0 && batch.Span[0].Revision == revision) return batch.Span[0].Position.Commit;
        }

        return null;
    }

    private static RestorePointException NotThere(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));

    private async Task<ulong> EndAtAsync(JournalStore store, RestorePoint.AtRevision at, CancellationToken cancellationToken)
    {
        Revision last = await store.GetLastRevisionAsync(at.Stream, cancellationToken).ConfigureAwait(false);
        if (at.Revision > last || at.Revision < Revision.First)
            throw NotThere($"stream {at.Stream} has no revision {at.Revision} in the backup {files.Directory}; its last one is {last}");
        ulong position = await PositionAsync(store, at.Stream, at.Revision, cancellationToken).ConfigureAwait(false)
            ?? throw NotThere($"revision {at.Revision} of stream {at.Stream} is hidden by the stream's settings; name a position");
        (ulong Start, ulong End) frame = FrameAround(position);
        ulong? next = at.Revision == last
            ? null
            : await PositionAsync(store, at.Stream, at.Revision.Next, cancellationToken).ConfigureAwait(false);
        return next < frame.End
            ? ExpectSome(frame.Start, $"revision {at.Revision} of stream {at.Stream}")
            : frame.End;
    }

    private async Task<ulong> EndAtAsync(JournalStore store, ulong position, CancellationToken cancellationToken)
    {
        if (position >= manifest.Position)
            throw NotThere($"position {position} is behind the end of the backup {files.Directory}, {manifest.Position}");
        Position next = new(position + 1, position + 1);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadAllAsync(ReadDirection.Forwards, next, new EventFilter.All(), 1, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Length == 0) continue;
            return ExpectSome(FrameAround(batch.Span[0].Position.Commit).Start, $"position {position}");
        }

        return manifest.Position;
    }

    private ulong EndAt(DateTimeOffset instant)
    {
        if (instant > RestorePoint.Time(manifest.TakenUs))
            throw NotThere($"the backup {files.Directory} was taken at {RestorePoint.Time(manifest.TakenUs):O}, before {instant:O}");
        foreach (BackupFile entry in manifest.Files)
        {
            ulong? later = FirstFrame(entry, walk => walk.Kind == FrameKind.Append
                && RestorePoint.Time(FrameFormat.RecordedUs(walk.Payload)) > instant)?.Start;
            if (later is { } end) return ExpectSome(end, string.Create(CultureInfo.InvariantCulture, $"{instant:O}"));
        }

        return manifest.Position;
    }

    // A store without anything is not what anybody wants back.
    private ulong ExpectSome(ulong end, string point)
    {
        bool holds = manifest.Files.Count > 0
            && FirstFrame(manifest.Files[0], walk => walk.Kind == FrameKind.Append) is { } first && first.End <= end;
        return holds ? end : throw NotThere($"the backup {files.Directory} holds nothing at or before {point}");
    }

    private (ulong Start, ulong End) FrameAround(ulong position)
    {
        BackupFile entry = manifest.Files.Last(file => file.BasePosition <= position);
        return FirstFrame(entry, walk => entry.BasePosition + (ulong)walk.NextOffset > position)
            ?? throw new InvalidOperationException($"there is no frame around position {position}");
    }

    private (ulong Start, ulong End)? FirstFrame(BackupFile entry, Func<SegmentWalk, bool> isWanted)
    {
        string path = Path.Join(files.Directory, entry.Name);
        BackupFile? previous = entry.Number == 1 ? null : manifest.Files[(int)entry.Number - 2];
        using IJournalFile file = files.Open(entry.Name, JournalFileMode.Read);
        using SegmentWalk walk = new(
            path, file, SegmentWalk.ReadHeader(file, path, BackupFile.HeaderAfter(storeId, previous)));
        while (walk.MoveNext())
            if (isWanted(walk))
                return (entry.BasePosition + (ulong)walk.Offset, entry.BasePosition + (ulong)walk.NextOffset);
        return null;
    }
}
