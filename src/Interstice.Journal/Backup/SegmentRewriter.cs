using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Backup;

/// <summary>Writes segments of a backup as those of a store: the same, or one with another id.</summary>
/// <remarks>The checksum of every frame is seeded with the store id, and headers and seals hold checksums of checksums: with another id these
/// are computed again. Lengths, positions and everything else stay. With the same id the bytes are the same.</remarks>
internal sealed class SegmentRewriter(
    IJournalFiles source, IJournalFiles target, Guid sourceId, Guid targetId, CancellationToken cancellationToken)
{
    private const long CheckBytes = 4 << 20;

    /// <summary>Writes one segment.</summary>
    /// <param name="entry">The segment.</param>
    /// <param name="sourcePrevious">The one before it in the backup.</param>
    /// <param name="targetPrevious">The one before it in the store.</param>
    /// <param name="end">Position before which it ends.</param>
    /// <param name="advance">Told how many bytes were written.</param>
    public BackupFile Write(
        BackupFile entry, BackupFile? sourcePrevious, BackupFile? targetPrevious, ulong end, Action<long> advance)
    {
        string path = Path.Join(source.Directory, entry.Name);
        using IJournalFile file = source.Open(entry.Name, JournalFileMode.Read);
        SegmentHeader header = SegmentWalk.ReadHeader(file, path, BackupFile.HeaderAfter(sourceId, sourcePrevious));
        SegmentHeader written = BackupFile.HeaderAfter(targetId, targetPrevious) with { Version = header.Version };
        using SegmentOutput output = new(target.Open(entry.Name, JournalFileMode.Create), keep: 0);
        output.Begin(written);
        using SegmentWalk walk = new(path, file, header);
        uint seed = FrameFormat.Seed(targetId, entry.Number);
        uint dataChain = 0;
        bool hasFooters = false;
        long told = 0;
        while (entry.BasePosition + (ulong)walk.NextOffset < end && walk.MoveNext())
        {
            if (walk.Kind == FrameKind.Footer && !hasFooters)
            {
                hasFooters = true;
                dataChain = output.Chain;
            }

            if (walk.Kind == FrameKind.Seal) SetChains(header, walk, output.Chain, hasFooters ? dataChain : output.Chain);
            output.AddFrame(walk.Frame, FrameFormat.WriteHeader(walk.Frame, seed, walk.Offset));
            if (walk.Kind != FrameKind.Footer) output.Commit(walk.IsSealed);
            if (walk.NextOffset - told < CheckBytes) continue;
            cancellationToken.ThrowIfCancellationRequested();
            advance(walk.NextOffset - told);
            told = walk.NextOffset;
        }

        if (entry.BasePosition + (ulong)output.Committed.Length != Math.Min(end, entry.End)) throw walk.MissingFrame();
        output.Finish();
        advance(output.Committed.Length - told);
        return output.Committed;
    }

    private static void SetChains(in SegmentHeader header, SegmentWalk walk, uint chain, uint dataChain)
    {
        if (!SegmentSeal.TryRead(header, walk.Payload, out SegmentSeal seal)) throw walk.MissingFrame();
        Span<byte> payload = walk.Frame[FrameFormat.HeaderBytes..];
        (seal with { Chain = chain, DataChain = dataChain }).Write(payload);
    }
}
