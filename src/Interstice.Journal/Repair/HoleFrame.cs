using System.Buffers.Binary;
using System.Text;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Repair;

/// <summary>Writes the frames that a repair puts where others were.</summary>
internal static class HoleFrame
{
    private const int FrameBytesMost = 1 << 20;

    /// <summary>Length of the definitions of names.</summary>
    public static int DefinitionBytes(IReadOnlyList<string> streams, IReadOnlyList<string> types) => Definitions(streams, types).Length;

    /// <summary>Fills a stretch with holes; the first one defines names.</summary>
    /// <param name="image">The file, which ends where the stretch begins.</param>
    /// <param name="hole">The stretch.</param>
    /// <param name="seed">Of the segment.</param>
    /// <param name="basePosition">Of the segment.</param>
    /// <param name="recordedUs">Time of the repair.</param>
    /// <param name="chain">The chain before it.</param>
    /// <returns>The chain after it, and the offsets of the frames.</returns>
    public static (uint Chain, List<long> Frames) AddHole(
        FileImage image, Hole hole, uint seed, ulong basePosition, long recordedUs, uint chain)
    {
        byte[] definitions = Definitions(hole.Streams, hole.Types);
        return Fill(image, hole.To, FrameKind.Hole, definitions, seed, basePosition, recordedUs, chain);
    }

    /// <summary>Fills a stretch in which nothing was lost.</summary>
    public static (uint Chain, List<long> Frames) AddFiller(
        FileImage image, long to, uint seed, ulong basePosition, long recordedUs, uint chain) =>
        Fill(image, to, FrameKind.Marker, [], seed, basePosition, recordedUs, chain);

    private static (uint Chain, List<long> Frames) Fill(FileImage image, long to, FrameKind kind, byte[] definitions, uint seed,
        ulong basePosition, long recordedUs, uint chain)
    {
        List<long> frames = [];
        while (image.Length < to)
        {
            long rest = to - image.Length;
            long bytes = Math.Min(rest, Math.Max(FrameBytesMost, FrameFormat.FrameBytesMin + definitions.Length));
            if (rest - bytes is > 0 and < FrameFormat.FrameBytesMin)
                bytes = bytes >= (2 * FrameFormat.FrameBytesMin) + definitions.Length ? bytes - FrameFormat.FrameBytesMin : rest;
            if (bytes < FrameFormat.FrameBytesMin + definitions.Length)
                throw new InvalidOperationException($"{rest} bytes at {image.Length} of {image.Name} are too few for a frame");
            long offset = image.Length;
            byte[] frame = new byte[bytes];
            Span<byte> payload = frame.AsSpan(FrameFormat.HeaderBytes);
            FrameFormat.WritePrefix(payload, kind, 0, basePosition + (ulong)offset, recordedUs);
            if (kind == FrameKind.Marker && payload.Length > FrameFormat.PrefixBytes)
                payload[FrameFormat.PrefixBytes] = (byte)MarkerReason.Repaired;
            BinaryPrimitives.WriteInt32LittleEndian(payload[FrameFormat.DefinitionBytesOffset..], definitions.Length);
            definitions.CopyTo(payload[^definitions.Length..]);
            chain = FrameFormat.Chain(chain, FrameFormat.WriteHeader(frame, seed, offset));
            int used = FrameFormat.FrameBytesMin + (kind == FrameKind.Marker ? 1 : 0);
            if (definitions.Length > 0 || bytes <= used)
            {
                image.Add(frame);
            }
            else
            {
                image.Add(frame[..used]);
                image.AddZeros(bytes - used);
            }

            definitions = [];
            frames.Add(offset);
        }

        return (chain, frames);
    }

    private static byte[] Definitions(IReadOnlyList<string> streams, IReadOnlyList<string> types)
    {
        if (streams.Count + types.Count == 0) return [];
        using MemoryStream bytes = new();
        AddNames(bytes, streams);
        AddNames(bytes, types);
        return bytes.ToArray();
    }

    private static void AddNames(MemoryStream bytes, IReadOnlyList<string> names)
    {
        AddNumber(bytes, names.Count);
        foreach (string name in names)
        {
            byte[] text = Encoding.UTF8.GetBytes(name);
            AddNumber(bytes, text.Length);
            bytes.Write(text);
        }
    }

    private static void AddNumber(MemoryStream bytes, int value)
    {
        Span<byte> number = stackalloc byte[Varint.BytesMax];
        int length = 0;
        Varint.Write(number, ref length, (ulong)value);
        bytes.Write(number[..length]);
    }
}
