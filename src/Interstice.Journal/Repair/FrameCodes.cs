using System.Buffers.Binary;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Repair;

/// <summary>The highest codes of names that an append uses, read without knowing any name.</summary>
/// <remarks>A name is defined by the first frame that uses it and takes the next code. So a frame that defines names uses exactly
/// those as its highest codes, which shows whether names before it are missing.</remarks>
/// <param name="StreamMax">Highest code of a stream, -1 for none.</param>
/// <param name="TypeMax">Highest code of a type, -1 for none.</param>
/// <param name="Events">Number of events in it.</param>
internal readonly record struct FrameCodes(long StreamMax, long TypeMax, long Events)
{
    /// <summary>Reads them.</summary>
    /// <param name="payload">Of the frame.</param>
    /// <param name="read">Takes code, first revision and number of events of each part, when it is not null.</param>
    /// <exception cref="FrameContentException">The frame holds what no writer writes.</exception>
    public static FrameCodes Read(ReadOnlySpan<byte> payload, List<(long Code, long Revision, long Events)>? read = null)
    {
        long streamMax = -1;
        long typeMax = -1;
        long eventsInAll = 0;
        int at = FrameFormat.PrefixBytes;
        for (int parts = FrameFormat.Parts(payload); parts > 0; parts--)
        {
            if (payload.Length - at < sizeof(uint)) throw new FrameContentException("length of a part", at);
            uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(payload[at..]);
            at += sizeof(uint);
            long code = (long)(Varint.Read(payload, ref at) >> 1);
            streamMax = Math.Max(streamMax, code);
            long revision = (long)Varint.Read(payload, ref at);
            ulong events = Varint.Read(payload, ref at);
            eventsInAll += (long)events;
            read?.Add((code, revision, (long)events));
            if (bytes > payload.Length - at) throw new FrameContentException("head of a part", at);
            int end = at + (int)bytes;
            for (; events > 0; events--)
            {
                ulong head = Varint.Read(payload[..end], ref at);
                typeMax = Math.Max(typeMax, (long)(head >> EventHead.TypeShift));
                if ((head & EventHead.HasId) != 0) at += 16;
                int data = Varint.ReadLength(payload[..end], ref at);
                int metadata = (head & EventHead.HasMetadata) != 0 ? Varint.ReadLength(payload[..end], ref at) : 0;
                at += data + metadata;
                if (at > end) throw new FrameContentException("length of an event", at);
            }

            at = end;
        }

        return new FrameCodes(streamMax, typeMax, eventsInAll);
    }
}
