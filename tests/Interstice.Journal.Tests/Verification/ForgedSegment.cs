using System.Buffers.Binary;

namespace Interstice.Journal.Tests.Verification;

/// <summary>The frames of one segment without its seal, and what is to be wrong with header, seal and padding.</summary>
internal sealed class ForgedSegment
{
    public ushort Version { get; set; }

    public List<ForgedFrame> Frames { get; } = [];

    public Action<byte[]> ForgeHeader { get; set; } = _ => { };

    public Action<byte[]> ForgeSeal { get; set; } = _ => { };

    /// <summary>What stands behind the last frame.</summary>
    public byte[] Behind { get; set; } = [];

    public static ForgedSegment Parse(byte[] image)
    {
        ForgedSegment segment = new() { Version = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(8)) };
        ulong basePosition = BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(40));
        for (int at = 128; at + 8 <= image.Length && BitConverter.ToInt32(image, at) is var length and > 0; at += 8 + length)
        {
            ForgedFrame frame = new(image.AsSpan(at + 8, length).ToArray(), basePosition);
            if (frame.Kind != ForgedFrame.Seal) segment.Frames.Add(frame);
        }

        return segment;
    }

    /// <summary>Makes it one of version 1, which has no index.</summary>
    public void DropFooters()
    {
        Frames.RemoveAll(frame => frame.Kind == ForgedFrame.Footer);
        Version = 1;
    }
}
