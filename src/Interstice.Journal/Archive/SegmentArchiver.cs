using Interstice.Journal.Backup;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Archive;

/// <summary>Moves one sealed segment to the archive. Whatever ends it in between leaves the segment readable.</summary>
/// <remarks>The order: a copy in the archive under a temporary name, whose frames are checked while they are read; sync; read it back;
/// its name; sync of the archive's directory. Then the record in the store, likewise. Then the segment is removed from the
/// store. A run that ended in between is taken up by the next one.</remarks>
internal sealed class SegmentArchiver(StoreFiles files, IJournalFiles archive, string by, long nowUs)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Refuses a directory that belongs to something else.</summary>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Refused"/>.</exception>
    public void ExpectOurs(Guid storeId)
    {
        if (!archive.DirectoryExists) return;
        IReadOnlyList<string> names = archive.List();
        if (names.Contains(StoreFile.Name)) throw Refused($"{archive.Directory} is a store, not an archive; name another directory");
        if (names.Any(BackupDirectory.IsManifest))
            throw Refused($"{archive.Directory} is a backup, which removes what it does not count; name another directory");
        foreach (string name in names)
        {
            if (!SegmentName.TryParse(name, out long number, out ulong basePosition)) continue;
            using IJournalFile file = archive.Open(name, JournalFileMode.Read);
            byte[] bytes = new byte[SegmentHeader.Bytes];
            int read = file.ReadAt(bytes, 0);
            SegmentHeader header = SegmentHeader.Read(bytes.AsSpan(0, read), Path.Join(archive.Directory, name), number, basePosition);
            if (header.StoreId == storeId) return;
            throw Refused($"{archive.Directory} holds segments of another store ({header.StoreId}); name another directory");
        }
    }

    /// <summary>Copies the segment and records it. It is not removed yet.</summary>
    /// <param name="name">Name of its file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="chain">Its chain checksum, seal included.</param>
    /// <param name="length">Its length, seal included.</param>
    /// <param name="dataEnd">Offset of its footers.</param>
    /// <param name="cancellationToken">Ends it before the copy has its name.</param>
    /// <returns>The segment, to be read through its record.</returns>
    /// <exception cref="JournalDamageException">It is damaged; nothing was recorded.</exception>
    /// <exception cref="EventStoreException">The archive holds something else under its name.</exception>
    public ArchivedSegmentFile Copy(
        string name, in SegmentHeader header, uint chain, long length, long dataEnd, CancellationToken cancellationToken)
    {
        if (!archive.DirectoryExists) archive.CreateDirectory();
        uint checksum = CopyVerified(name, header, chain, length, cancellationToken);
        ArchiveRecord record = new(header, length, dataEnd, checksum, chain, nowUs, archive.Directory, by);
        WriteRecord(name, record);
        ArchivedSegmentFile archived = files.OpenArchived(name);
        try
        {
            archived.ExpectReachable();
            return archived;
        }
        catch
        {
            archived.Dispose();
            throw;
        }
    }

    /// <summary>Removes a segment that was recorded.</summary>
    public void Remove(string name) => files.Inner.Delete(name);

    /// <summary>Makes the removal durable.</summary>
    public void SyncRemoval() => files.Inner.SyncDirectory();

    private static EventStoreException Refused(string message) => new(EventStoreErrorKind.Refused, message);

    private uint CopyVerified(string name, in SegmentHeader header, uint chain, long length, CancellationToken cancellationToken)
    {
        string unfinished = name + ArchiveName.UnfinishedExtension;
        IReadOnlyList<string> names = archive.List();
        if (names.Contains(unfinished)) archive.Delete(unfinished);
        if (names.Contains(name)) return UseEarlier(name, header, chain, length, cancellationToken);
        uint checksum;
        try
        {
            using IJournalFile source = files.Inner.Open(name, JournalFileMode.Read);
            using SegmentOutput output = new(archive.Open(unfinished, JournalFileMode.Create), 0);
            checksum = Read(source, Path.Join(files.Directory, name), header, chain, length, output, cancellationToken);
            output.Finish();
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }

        ExpectReadBack(unfinished, length, checksum);
        archive.Rename(unfinished, name);
        archive.SyncDirectory();
        return checksum;
    }

    // A run before this one has copied it and then ended: the same bytes count, made durable again.
    private uint UseEarlier(string name, in SegmentHeader header, uint chain, long length, CancellationToken cancellationToken)
    {
        using IJournalFile source = files.Inner.Open(name, JournalFileMode.Read);
        uint checksum = Read(source, Path.Join(files.Directory, name), header, chain, length, null, cancellationToken);
        using (IJournalFile copy = archive.Open(name, JournalFileMode.Write)) copy.Sync();
        archive.SyncDirectory();
        ExpectReadBack(name, length, checksum);
        return checksum;
    }

    // Walks the frames up to the seal, which binds them all, and copies them as they were checked.
    private static uint Read(
        IJournalFile source, string path, in SegmentHeader header, uint chain, long length, SegmentOutput? output,
        CancellationToken cancellationToken)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        header.Write(bytes);
        uint checksum = Crc32C.Compute(bytes);
        uint found = FrameFormat.ChainStart(bytes);
        SegmentWalk.ReadHeader(source, path, header);
        output?.Begin(header);
        using SegmentWalk walk = new(path, source, header);
        while (walk.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            output?.AddFrame(walk.Frame, walk.Checksum);
            checksum = Crc32C.Continue(checksum, walk.Frame);
            found = FrameFormat.Chain(found, walk.Checksum);
        }

        if (!walk.IsSealed) throw walk.MissingFrame();
        if (found != chain || walk.NextOffset != length)
            throw new JournalDamageException(path, header.Number, walk.Offset, header.BasePosition + (ulong)walk.Offset,
                "length and chain checksum of the segment", $"{length}, {StoreFile.Hex(chain)}",
                $"{walk.NextOffset}, {StoreFile.Hex(found)}");
        output?.Commit(isSealed: true);
        return checksum;
    }

    private void ExpectReadBack(string name, long length, uint checksum)
    {
        using IJournalFile copy = archive.Open(name, JournalFileMode.Read);
        byte[] buffer = new byte[ChunkBytes];
        uint found = 0;
        long at = 0;
        for (int read; (read = copy.ReadAt(buffer, at)) > 0; at += read) found = Crc32C.Continue(found, buffer.AsSpan(0, read));
        if (at != length || found != checksum)
            throw Refused($"{Path.Join(archive.Directory, name)} is not what was copied: {length} bytes with checksum "
                + $"{StoreFile.Hex(checksum)} were expected, found {at} with {StoreFile.Hex(found)}; move that file away, see to the device, "
                + "and run it again");
    }

    private void WriteRecord(string name, ArchiveRecord record)
    {
        string recordName = ArchiveName.RecordOf(name);
        string unfinished = recordName + ArchiveName.UnfinishedExtension;
        IJournalFiles store = files.Inner;
        IReadOnlyList<string> names = store.List();
        if (names.Contains(unfinished)) store.Delete(unfinished);
        byte[] tail = new byte[record.Length - record.DataEnd];
        using (IJournalFile source = store.Open(name, JournalFileMode.Read))
            if (source.ReadAt(tail, record.DataEnd) != tail.Length) throw new EndOfStreamException($"{name} became shorter");
        byte[] header = new byte[SegmentHeader.Bytes];
        record.Header.Write(header);
        using (IJournalFile file = store.Open(unfinished, JournalFileMode.Create))
        {
            file.WriteAt(record.Encode(header, tail), 0);
            file.Sync();
        }

        // One of a run before, or of before the segment was put back; the segment is still there, so that nothing rests on it.
        if (names.Contains(recordName)) store.Delete(recordName);
        store.Rename(unfinished, recordName);
        store.SyncDirectory();
    }

    private void TryDelete(string name)
    {
        try
        {
            archive.Delete(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run removes it; the failure that led here is the one to report.
        }
    }
}
