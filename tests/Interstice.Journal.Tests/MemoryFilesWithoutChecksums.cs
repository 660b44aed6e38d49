using System.Buffers.Binary;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: checksums of frames are not looked at. Whatever a frame holds, its checksum is made right before the journal
/// reads it.</summary>
internal sealed class MemoryFilesWithoutChecksums(MemoryFiles files) : IJournalFiles
{
    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode)
    {
        IJournalFile file = files.Open(name, mode);
        return name.EndsWith(".segment", StringComparison.Ordinal) ? new MendedFile(file) : file;
    }

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    // docs/formats/segment.md and frame.md.
    private sealed class MendedFile(IJournalFile file) : IJournalFile
    {
        private const int SegmentHeaderBytes = 128;
        private const int FrameHeaderBytes = 8;
        private const int PrefixBytes = 24;
        private const int StoreIdOffset = 16;
        private const int NumberOffset = 32;
        private const int SeedBytes = 40;

        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset)
        {
            byte[] image = new byte[file.Length];
            file.ReadAt(image, 0);
            Mend(image);
            if (offset >= image.Length) return 0;
            int count = (int)Math.Min(destination.Length, image.Length - offset);
            image.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

        public void Sync() => file.Sync();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();

        private static void Mend(byte[] image)
        {
            for (int at = SegmentHeaderBytes; at + FrameHeaderBytes + PrefixBytes <= image.Length;)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at));
                if (length < PrefixBytes || length > image.Length - at - FrameHeaderBytes) return;
                byte[] covered = new byte[SeedBytes + length];
                image.AsSpan(StoreIdOffset, 16).CopyTo(covered);
                image.AsSpan(NumberOffset, 8).CopyTo(covered.AsSpan(16));
                BinaryPrimitives.WriteInt64LittleEndian(covered.AsSpan(24), at);
                BinaryPrimitives.WriteInt64LittleEndian(covered.AsSpan(32), length);
                image.AsSpan(at + FrameHeaderBytes, length).CopyTo(covered.AsSpan(SeedBytes));
                BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at + 4), Crc32C.Compute(covered));
                at += FrameHeaderBytes + length;
            }
        }
    }
}
