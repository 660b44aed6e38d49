using System.Buffers.Binary;
using System.Text;
using Interstice.Journal.Checksums;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Verification;

/// <summary>A store taken apart into payloads of frames, which can be changed and put together again with right lengths, checksums, chains,
/// seals and headers: as a program would write it that writes something wrong.</summary>
internal sealed class ForgedStore
{
    private const int HeaderBytes = 128;
    private const int PrefixBytes = 24;
    private readonly byte[] _storeFile;

    public ForgedStore(MemoryFiles files)
    {
        _storeFile = files.Read(Stores.StoreFileName);
        foreach (string name in Stores.Segments(files)) Segments.Add(ForgedSegment.Parse(files.Read(name)));
    }

    public List<ForgedSegment> Segments { get; } = [];

    public MemoryFiles Build()
    {
        MemoryFiles files = new();
        files.Replace(Stores.StoreFileName, _storeFile);
        (ulong Base, long Length, uint Chain) at = (0, 0, 0);
        for (int i = 0; i < Segments.Count; i++)
        {
            byte[] image = Build(Segments[i], i + 1, isLast: i == Segments.Count - 1, ref at, out ulong basePosition);
            files.Replace($"{i + 1:D10}-{basePosition:D20}.segment", image);
        }

        return files;
    }

    private byte[] Build(ForgedSegment segment, long number, bool isLast, ref (ulong Base, long Length, uint Chain) at, out ulong basePosition)
    {
        basePosition = at.Base;
        using MemoryStream image = new();
        byte[] header = Header(segment.Version, number, at);
        segment.ForgeHeader(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(124), Crc32C.Compute(header.AsSpan(0, 124)));
        image.Write(header);
        uint chain = Crc32C.Compute(header);
        uint seed = Crc32C.Continue(Crc32C.Compute(_storeFile.AsSpan(16, 16)), (ulong)number);
        (long dataEnd, uint dataChain, long events) = (-1, 0, 0);
        foreach (ForgedFrame frame in segment.Frames)
        {
            if (frame.Kind == ForgedFrame.Footer && dataEnd < 0) (dataEnd, dataChain) = (image.Length, chain);
            events += frame.Events;
            chain = Write(image, seed, chain, frame.Place(at.Base, image.Length));
        }

        if (isLast)
        {
            image.Write(new byte[100]);
        }
        else
        {
            bool hasFooters = segment.Version == 2;
            byte[] seal = new byte[PrefixBytes + (hasFooters ? 40 : 32)];
            (seal[0], seal[1]) = (3, 1);
            BinaryPrimitives.WriteUInt64LittleEndian(seal.AsSpan(8), at.Base + (ulong)image.Length);
            BinaryPrimitives.WriteInt64LittleEndian(seal.AsSpan(24), image.Length);
            BinaryPrimitives.WriteInt64LittleEndian(seal.AsSpan(32), segment.Frames.Count);
            BinaryPrimitives.WriteInt64LittleEndian(seal.AsSpan(40), events);
            BinaryPrimitives.WriteUInt32LittleEndian(seal.AsSpan(48), chain);
            if (hasFooters)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(seal.AsSpan(52), dataEnd < 0 ? chain : dataChain);
                BinaryPrimitives.WriteInt64LittleEndian(seal.AsSpan(56), dataEnd < 0 ? image.Length : dataEnd);
            }

            segment.ForgeSeal(seal);
            chain = Write(image, seed, chain, seal);
        }

        at = (at.Base + (ulong)image.Length, image.Length, chain);
        image.Write(segment.Behind);
        return image.ToArray();
    }

    private byte[] Header(ushort version, long number, (ulong Base, long Length, uint Chain) before)
    {
        byte[] header = new byte[HeaderBytes];
        Encoding.ASCII.GetBytes("ISTSEGMT", header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), version);
        _storeFile.AsSpan(16, 16).CopyTo(header.AsSpan(16));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), number);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), before.Base);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), before.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(56), before.Chain);
        return header;
    }

    private static uint Write(MemoryStream image, uint seed, uint chain, byte[] payload)
    {
        uint checksum = Crc32C.Continue(
            Crc32C.Continue(Crc32C.Continue(seed, (ulong)image.Length), (ulong)payload.Length), payload);
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(head, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], checksum);
        image.Write(head);
        image.Write(payload);
        return Crc32C.Continue(chain, (ulong)checksum);
    }
}
