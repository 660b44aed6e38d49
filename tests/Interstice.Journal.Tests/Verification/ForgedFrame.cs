using System.Buffers.Binary;

namespace Interstice.Journal.Tests.Verification;

/// <summary>The payload of a frame.</summary>
internal sealed class ForgedFrame(byte[] payload, ulong basePosition)
{
    public const byte Append = 1;
    public const byte Seal = 3;
    public const byte Footer = 4;

    /// <summary>The bytes; with another length, the frames behind it move.</summary>
    public byte[] Payload { get; set; } = payload;

    /// <summary>Whether the position that it calls durable stays what it is, although the frame has moved.</summary>
    public bool KeepsDurable { get; set; }

    public byte Kind => Payload[0];

    /// <summary>Number of events, as the heads of its parts say; 0 when they cannot be read.</summary>
    public long Events
    {
        get
        {
            if (Kind != Append) return 0;
            long events = 0;
            int at = 24;
            for (int left = BinaryPrimitives.ReadUInt16LittleEndian(Payload.AsSpan(2)); left > 0; left--)
            {
                if (Payload.Length - at < 4) return 0;
                long bytes = BinaryPrimitives.ReadUInt32LittleEndian(Payload.AsSpan(at));
                at += 4;
                if (!TrySkip(ref at, out _) || !TrySkip(ref at, out _) || !TrySkip(ref at, out ulong count)) return 0;
                if (bytes > Payload.Length - at) return 0;
                events += (long)count;
                at += (int)bytes;
            }

            return events;
        }
    }

    public ForgedFrame Copy() => new([.. Payload], basePosition) { KeepsDurable = KeepsDurable };

    /// <summary>The bytes for another place, where what was durable lies as far from the segment's start as before.</summary>
    public byte[] Place(ulong newBase, long offset)
    {
        if (KeepsDurable) return Payload;
        byte[] placed = [.. Payload];
        ulong durable = BinaryPrimitives.ReadUInt64LittleEndian(placed.AsSpan(8)) - basePosition;
        BinaryPrimitives.WriteUInt64LittleEndian(placed.AsSpan(8), newBase + Math.Min(durable, (ulong)offset));
        return placed;
    }

    private bool TrySkip(ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < Payload.Length; shift += 7)
        {
            byte next = Payload[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return true;
        }

        return false;
    }
}
