using System.Buffers.Binary;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: checksums of frames are not looked at. Whatever a frame holds, its checksum is made right before the journal
/// reads it.</summary>
internal sealed class MemoryFilesWithoutChecksums(MemoryFiles files) : ForwardingFiles(files)
{
    public override IJournalFile Open(string name, JournalFileMode mode)
    {
        IJournalFile file = base.Open(name, mode);
        return name.EndsWith(".segment", StringComparison.Ordinal) ? new MendedFile(file) : file;
    }

    // docs/formats/segment.md and frame.md.
    private sealed class MendedFile(IJournalFile file) : ForwardingFile(file)
    {
        private const int SegmentHeaderBytes = 128;
        private const int FrameHeaderBytes = 8;
        private const int PrefixBytes = 24;
        private const int StoreIdOffset = 16;
        private const int NumberOffset = 32;
        private const int SeedBytes = 40;

        public override int ReadAt(Span<byte> destination, long offset)
        {
            byte[] image = new byte[Length];
            base.ReadAt(image, 0);
            Mend(image);
            if (offset >= image.Length) return 0;
            int count = (int)Math.Min(destination.Length, image.Length - offset);
            image.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

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
