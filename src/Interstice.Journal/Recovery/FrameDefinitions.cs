using System.Text;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Recovery;

/// <summary>The names that a frame defines for its segment, at the end of its payload.</summary>
internal static class FrameDefinitions
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Adds them to the segment's tables.</summary>
    /// <exception cref="FrameContentException">They cannot be read.</exception>
    public static void Enter(Log log, Segment segment, ReadOnlySpan<byte> payload)
    {
        int bytes = FrameFormat.DefinitionBytes(payload);
        if (bytes == 0) return;
        if ((uint)bytes > (uint)(payload.Length - FrameFormat.PrefixBytes))
            throw new FrameContentException("length of the definitions", FrameFormat.DefinitionBytesOffset);
        int at = payload.Length - bytes;
        for (int left = Varint.ReadLength(payload, ref at); left > 0; left--)
            segment.Streams.Add(log.FindOrAdd(StreamName(payload, ref at)));
        for (int left = Varint.ReadLength(payload, ref at); left > 0; left--)
            segment.Types.Add(log.TypeNames.Share(Name(payload, ref at)));
        if (at != payload.Length) throw new FrameContentException("end of the definitions", at);
    }

    /// <summary>Reads the name of a stream.</summary>
    /// <exception cref="FrameContentException">It is none.</exception>
    public static StreamName StreamName(ReadOnlySpan<byte> payload, ref int at)
    {
        string name = Name(payload, ref at);
        try
        {
            // The settings of no stream have no stream.
            StreamName stream = new(name);
            if (MetadataJson.IsMetadataStream(stream)) _ = MetadataJson.TargetOf(stream);
            return stream;
        }
        catch (ArgumentException)
        {
            throw new FrameContentException("stream name", at);
        }
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FrameContentException">It is none.</exception>
    public static string Name(ReadOnlySpan<byte> payload, ref int at)
    {
        int length = Varint.ReadLength(payload, ref at);
        try
        {
            string name = StrictUtf8.GetString(payload.Slice(at, length));
            at += length;
            return name;
        }
        catch (DecoderFallbackException)
        {
            throw new FrameContentException("name", at);
        }
    }
}
