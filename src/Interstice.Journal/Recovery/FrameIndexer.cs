using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Recovery;

/// <summary>Enters frames that were read from the files into the log: names, frame lists, revisions, stream metadata.</summary>
/// <remarks>One thread. Checks that revisions have no gap.</remarks>
internal sealed class FrameIndexer(Log log, RecentAppends recent) : IDisposable
{
    private byte[] _payload = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private FrameCursor _cursor;

    /// <summary>Enters one frame and publishes it: the segment's tail moves behind it.</summary>
    /// <param name="segment">Where it stands.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="checksum">Its checksum.</param>
    /// <param name="frame">Its payload.</param>
    /// <exception cref="JournalDamageException">It holds what no writer writes, or a revision that is not the next one.
    /// </exception>
    public void Enter(Segment segment, long offset, uint checksum, ReadOnlySpan<byte> frame)
    {
        try
        {
            if (FrameFormat.Kind(frame) == FrameKind.Append) EnterAppend(segment, offset, frame);
        }
        catch (FrameContentException e)
        {
            throw Damage(segment, offset, e.What, "what a writer writes", $"something else at byte {e.At} of the payload");
        }

        lock (log.IndexLock) segment.MapLocked(offset);
        bool isSeal = FrameFormat.Kind(frame) == FrameKind.Seal;
        if (isSeal) CheckSeal(segment, offset, frame);
        segment.Chain = FrameFormat.Chain(segment.Chain, checksum);
        segment.Frames++;
        segment.Tail = offset + FrameFormat.HeaderBytes + frame.Length;
        segment.IsSealed = isSeal;
    }

    public void Dispose()
    {
        byte[] payload = _payload;
        _payload = [];
        if (payload.Length > 0) ArrayPool<byte>.Shared.Return(payload);
    }

    private void EnterAppend(Segment segment, long offset, ReadOnlySpan<byte> frame)
    {
        if (_payload.Length < frame.Length)
        {
            ArrayPool<byte>.Shared.Return(_payload);
            _payload = ArrayPool<byte>.Shared.Rent(frame.Length);
        }

        // The cursor works on an array; a copy of what was just checked costs little beside the reading.
        frame.CopyTo(_payload);
        EnterDefinitions(segment, frame);
        _cursor.Begin(segment, _payload, 0, frame.Length, offset + FrameFormat.HeaderBytes);
        while (_cursor.NextPart()) EnterPart(segment, offset);
    }

    private void EnterDefinitions(Segment segment, ReadOnlySpan<byte> frame)
    {
        int bytes = FrameFormat.DefinitionBytes(frame);
        if (bytes == 0) return;
        if ((uint)bytes > (uint)(frame.Length - FrameFormat.PrefixBytes))
            throw new FrameContentException("length of the definitions", FrameFormat.DefinitionBytesOffset);
        ReadOnlySpan<byte> source = frame[^bytes..];
        int at = 0;
        for (int left = Varint.ReadLength(source, ref at); left > 0; left--)
            segment.Streams.Add(log.FindOrAdd(StreamNameOf(Name(source, ref at), at)));
        for (int left = Varint.ReadLength(source, ref at); left > 0; left--)
            segment.Types.Add(log.TypeNames.Share(Name(source, ref at)));
        if (at != source.Length) throw new FrameContentException("end of the definitions", frame.Length - bytes + at);
    }

    private static StreamName StreamNameOf(string name, int at)
    {
        try
        {
            return new StreamName(name);
        }
        catch (ArgumentException)
        {
            throw new FrameContentException("stream name", at);
        }
    }

    private static string Name(ReadOnlySpan<byte> source, ref int at)
    {
        int length = Varint.ReadLength(source, ref at);
        string name = Encoding.UTF8.GetString(source.Slice(at, length));
        at += length;
        return name;
    }

    private void EnterPart(Segment segment, long offset)
    {
        StreamEntry stream = _cursor.Stream;
        long first = _cursor.Revision;
        int events = _cursor.EventsLeft;
        if (first != stream.Written + 1)
            throw Damage(segment, offset, $"first revision of stream {stream.Name}", $"{stream.Written + 1}", $"{first}");
        bool isMetadata = MetadataJson.IsMetadataStream(stream.Name);
        if (isMetadata) _cursor.Skip(events - 1);
        if (isMetadata || _cursor.IsUnconditional)
        {
            RecordedEvent recorded = default;
            _cursor.Read(MemoryMarshal.CreateSpan(ref recorded, 1));
            if (isMetadata) EnterMetadata(segment, offset, stream, recorded);
            else recent.Add(recorded.Id, stream, first);
        }

        lock (log.IndexLock) stream.AddLocked(segment, offset, first, events);
        segment.Events += events;
        stream.Written = first + events - 1;
        stream.WrittenPosition = 0;
        stream.Last = stream.Written;
    }

    private void EnterMetadata(Segment segment, long offset, StreamEntry stream, in RecordedEvent recorded)
    {
        if (!MetadataJson.TryParse(recorded.Data.Span, out StreamMetadata metadata))
            throw Damage(segment, offset, $"settings in stream {stream.Name}", "stream metadata as JSON", "something else");
        log.FindOrAdd(MetadataJson.TargetOf(stream.Name)).Metadata = metadata;
    }

    private void CheckSeal(Segment segment, long offset, ReadOnlySpan<byte> frame)
    {
        SegmentSeal expected = new(offset, segment.Chain, segment.Frames, segment.Events);
        if (!SegmentSeal.TryRead(frame, out SegmentSeal found) || found != expected)
            throw Damage(segment, offset, "seal of the segment", $"{expected}", $"{found}");
    }

    private JournalDamageException Damage(Segment segment, long offset, string what, string expected, string found) =>
        new(log.PathOf(segment), segment.Number, offset, segment.PositionOf(offset), what, expected, found);
}
