using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>How messages stand in a body: a byte that says whether it is compressed, the length as four bytes big-endian, the
/// message.</summary>
public static class GrpcFrames
{
    /// <summary>Bytes before each message.</summary>
    public const int PrefixBytes = 5;

    /// <summary>Bytes that a message may have.</summary>
    public const int MessageBytesMax = 17 * 1024 * 1024;

    /// <summary>Content type of a body.</summary>
    public const string ContentType = "application/grpc";

    /// <summary>Writes a message with its prefix.</summary>
    /// <param name="message">The message.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(IMessage message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        WritePrefix(message.CalculateSize(), output);
        message.WriteTo(output);
    }

    /// <summary>Writes the prefix of a message and makes room for it.</summary>
    /// <param name="bytes">Bytes of the message.</param>
    /// <param name="output">Where it goes; it counts the room as written.</param>
    /// <returns>The room.</returns>
    internal static Span<byte> Begin(int bytes, IBufferWriter<byte> output)
    {
        WritePrefix(bytes, output);
        if (bytes == 0) return default;
        Span<byte> room = output.GetSpan(bytes)[..bytes];
        output.Advance(bytes);
        return room;
    }

    private static void WritePrefix(int length, IBufferWriter<byte> output)
    {
        Span<byte> prefix = output.GetSpan(PrefixBytes);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        output.Advance(PrefixBytes);
    }

    /// <summary>Takes the first message of what has arrived, if all of it has.</summary>
    /// <param name="arrived">What has arrived; moved behind the message.</param>
    /// <param name="parser">Reads the message.</param>
    /// <param name="message">The message.</param>
    /// <returns>Whether a whole message was there.</returns>
    /// <exception cref="GrpcException">It is compressed, too long, or not such a message.</exception>
    public static bool TryRead<T>(ref ReadOnlySequence<byte> arrived, MessageParser<T> parser, out T message)
        where T : class, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(parser);
        message = null!;
        if (arrived.Length < PrefixBytes) return false;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        arrived.Slice(0, PrefixBytes).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] != 0) throw new GrpcException(GrpcStatusCode.Unimplemented, "a message is compressed, which was not agreed upon");
        if (length > MessageBytesMax)
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"a message has {length} bytes, at most {MessageBytesMax} are allowed");
        if (arrived.Length - PrefixBytes < length) return false;
        try
        {
            message = parser.ParseFrom(arrived.Slice(PrefixBytes, length));
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"a message cannot be read: {fault.Message}", innerException: fault);
        }

        arrived = arrived.Slice(PrefixBytes + length);
        return true;
    }
}
