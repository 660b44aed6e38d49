using System.Buffers.Binary;

namespace Interstice.Journal.Tests.Verification;

/// <summary>Random changes of what a store says, which no checksum shows.</summary>
internal sealed class Forgery(Random random)
{
    private readonly Action<Forgery, ForgedStore>[] _kinds =
    [
        (forgery, store) => forgery.ChangeByte(store),
        (forgery, store) => forgery.ChangeByte(store),
        (forgery, store) => forgery.ChangeHead(store),
        (forgery, store) => forgery.ChangeHead(store),
        (forgery, store) => forgery.ChangeLength(store),
        (forgery, store) => forgery.MoveFrames(store),
        (forgery, store) => forgery.ChangeDurable(store),
        (forgery, store) => forgery.ChangeName(store),
        (forgery, store) => forgery.ChangeSeal(store),
        (forgery, store) => forgery.ChangeHeader(store),
        (forgery, store) => forgery.ChangePadding(store),
        (forgery, store) => forgery.ChangeIndex(store),
        (forgery, store) => forgery.InsertEmpty(store),
        (forgery, store) => forgery.InsertEmptyPart(store),
        (forgery, store) => forgery.LengthenPart(store),
    ];

    public void Apply(ForgedStore store)
    {
        foreach (ForgedSegment segment in store.Segments)
            if (random.Next(2) == 0) segment.DropFooters();
        for (int changes = random.Next(3); changes >= 0; changes--) _kinds[random.Next(_kinds.Length)](this, store);
    }

    private ForgedSegment AnySegment(ForgedStore store) => store.Segments[random.Next(store.Segments.Count)];

    private ForgedFrame AnyFrame(ForgedStore store)
    {
        ForgedSegment segment = AnySegment(store);
        return segment.Frames.Count == 0 ? AnyFrame(store) : segment.Frames[random.Next(segment.Frames.Count)];
    }

    private void ChangeByte(ForgedStore store)
    {
        byte[] payload = AnyFrame(store).Payload;
        payload[random.Next(payload.Length)] ^= (byte)(1 << random.Next(8));
    }

    // Kind, parts, definitions, and the heads of part and event, where numbers are small and a change by one means something else.
    private void ChangeHead(ForgedStore store)
    {
        byte[] payload = AnyFrame(store).Payload;
        int at = random.Next(3) == 0 || payload.Length == 24 ? random.Next(8) : 24 + random.Next(Math.Min(12, payload.Length - 24));
        payload[at] = random.Next(3) switch
        {
            0 => (byte)(payload[at] + 1),
            1 => (byte)(payload[at] - 1),
            _ => (byte)random.Next(8),
        };
    }

    private void ChangeLength(ForgedStore store)
    {
        ForgedFrame frame = AnyFrame(store);
        int at = 24 + random.Next(frame.Payload.Length - 24 + 1);
        frame.Payload = random.Next(2) == 0
            ? [.. frame.Payload[..at], .. new byte[1 + random.Next(3)], .. frame.Payload[at..]]
            : [.. frame.Payload[..at], .. frame.Payload[Math.Min(frame.Payload.Length, at + 1)..]];
    }

    private void MoveFrames(ForgedStore store)
    {
        List<ForgedFrame> from = AnySegment(store).Frames;
        List<ForgedFrame> to = random.Next(2) == 0 ? from : AnySegment(store).Frames;
        if (from.Count == 0) return;
        ForgedFrame moved = from[random.Next(from.Count)];
        if (random.Next(3) == 0) moved = moved.Copy();
        else from.Remove(moved);
        if (random.Next(3) > 0) to.Insert(random.Next(to.Count + 1), moved);
    }

    // A frame without a body, of any kind, often where the index or the log ends.
    private void InsertEmpty(ForgedStore store)
    {
        ForgedSegment segment = random.Next(2) == 0 ? store.Segments[^1] : AnySegment(store);
        byte[] payload = new byte[24];
        (payload[0], payload[1]) = ((byte)random.Next(1, 7), 1);
        int at = random.Next(2) == 0 ? segment.Frames.Count : random.Next(segment.Frames.Count + 1);
        segment.Frames.Insert(at, new ForgedFrame(payload, 0));
    }

    // A part without events, of the stream and at the revision of the part behind it.
    private void InsertEmptyPart(ForgedStore store)
    {
        ForgedFrame frame = AnyFrame(store);
        if (frame.Kind != ForgedFrame.Append || frame.Payload.Length < 40) return;
        const int parts = 24;
        int end = parts + sizeof(uint);
        for (int numbers = 2; numbers > 0 && end < frame.Payload.Length; end++)
            if (frame.Payload[end] < 0x80) numbers--;
        byte[] head = [0, 0, 0, 0, .. frame.Payload[(parts + sizeof(uint))..end], 0];
        frame.Payload = [.. frame.Payload[..parts], .. head, .. frame.Payload[parts..]];
        frame.Payload[2]++;
    }

    // Bytes behind the last event of a part, which the part's length counts.
    private void LengthenPart(ForgedStore store)
    {
        ForgedFrame frame = AnyFrame(store);
        bool hasOnePart = BinaryPrimitives.ReadUInt16LittleEndian(frame.Payload.AsSpan(2)) == 1;
        if (frame.Kind != ForgedFrame.Append || !hasOnePart || BinaryPrimitives.ReadUInt32LittleEndian(frame.Payload.AsSpan(4)) > 0) return;
        byte[] more = new byte[1 + random.Next(3)];
        random.NextBytes(more);
        byte[] longer = [.. frame.Payload, .. more];
        BinaryPrimitives.WriteInt32LittleEndian(longer.AsSpan(24), BinaryPrimitives.ReadInt32LittleEndian(longer.AsSpan(24)) + more.Length);
        frame.Payload = longer;
    }

    private void ChangeDurable(ForgedStore store)
    {
        ForgedFrame frame = AnyFrame(store);
        frame.KeepsDurable = true;
        ulong durable = BinaryPrimitives.ReadUInt64LittleEndian(frame.Payload.AsSpan(8));
        ulong[] values = [0, ulong.MaxValue, durable + 1, durable - 1, durable + (ulong)random.Next(5000), durable - (ulong)random.Next(5000)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame.Payload.AsSpan(8), values[random.Next(values.Length)]);
    }

    // Definitions stand at the end of a payload.
    private void ChangeName(ForgedStore store)
    {
        ForgedFrame[] defining = [.. store.Segments.SelectMany(segment => segment.Frames)
            .Where(frame => frame.Kind == ForgedFrame.Append && frame.Payload[4] > 0)];
        if (defining.Length == 0) return;
        byte[] payload = defining[random.Next(defining.Length)].Payload;
        int at = payload.Length - 1 - random.Next(Math.Min((int)payload[4], payload.Length - 24));
        payload[at] = "$abd\0\u00ff"[random.Next(6)] is var letter ? (byte)letter : payload[at];
    }

    private void ChangeSeal(ForgedStore store)
    {
        int at = 24 + random.Next(40);
        byte bit = (byte)(1 << random.Next(8));
        AnySegment(store).ForgeSeal = seal => seal[Math.Min(at, seal.Length - 1)] ^= bit;
    }

    private void ChangeHeader(ForgedStore store)
    {
        int at = random.Next(124);
        byte bit = (byte)(1 << random.Next(8));
        if (random.Next(3) == 0) AnySegment(store).Version = (ushort)random.Next(1, 4);
        else AnySegment(store).ForgeHeader = header => header[at] ^= bit;
    }

    private void ChangePadding(ForgedStore store)
    {
        byte[] padding = new byte[random.Next(1, 200)];
        if (random.Next(2) == 0) padding[random.Next(padding.Length)] = (byte)random.Next(256);
        AnySegment(store).Behind = padding;
    }

    private void ChangeIndex(ForgedStore store)
    {
        ForgedFrame[] footers = [.. store.Segments.SelectMany(segment => segment.Frames)
            .Where(frame => frame.Kind == ForgedFrame.Footer && frame.Payload.Length > 24)];
        if (footers.Length == 0) return;
        ForgedFrame footer = footers[random.Next(footers.Length)];
        int cut = 24 + random.Next(footer.Payload.Length - 24);
        switch (random.Next(4))
        {
            case 0:
                footer.Payload[cut] += (byte)random.Next(1, 256);
                break;
            case 1:
                footer.Payload = footer.Payload[..cut];
                break;
            case 2:
                footer.Payload = [.. footer.Payload, (byte)random.Next(256)];
                break;
            default:
                // In two footers instead of one, which says the same.
                foreach (ForgedSegment segment in store.Segments)
                {
                    int at = segment.Frames.IndexOf(footer);
                    if (at < 0) continue;
                    ForgedFrame second = footer.Copy();
                    second.Payload = [.. footer.Payload[..24], .. footer.Payload[cut..]];
                    footer.Payload = footer.Payload[..cut];
                    segment.Frames.Insert(at + 1, second);
                }

                break;
        }
    }
}
