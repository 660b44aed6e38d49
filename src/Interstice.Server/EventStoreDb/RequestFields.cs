using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Fields that several requests have, checked.</summary>
internal static class RequestFields
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A stream's name.</summary>
    /// <exception cref="CallFailureException">There is none, or it is not a name.</exception>
    internal static StreamName Stream(StreamIdentifier? identifier)
    {
        if (identifier is null) throw CallFailureException.Invalid("the request names no stream");
        try
        {
            return new StreamName(Utf8.GetString(identifier.StreamName.Span));
        }
        catch (ArgumentException fault)
        {
            throw CallFailureException.Invalid($"the request names no stream: {fault.Message}");
        }
    }

    /// <summary>A stream that may be written to.</summary>
    /// <exception cref="CallFailureException">There is none, or it may not.</exception>
    internal static StreamName WritableStream(StreamIdentifier? identifier)
    {
        StreamName stream = Stream(identifier);
        if (stream.Value == "$all") throw CallFailureException.AccessDenied("$all is all streams; it cannot be written to");
        if (stream.Value == "$$" || stream.Value.StartsWith("$$$$", StringComparison.Ordinal))
            throw CallFailureException.Invalid($"\"{stream}\" would hold the settings of no stream, or of settings");
        return stream;
    }

    /// <summary>The identifier of a stream.</summary>
    internal static StreamIdentifier Identifier(StreamName stream) => new() { StreamName = ByteString.CopyFromUtf8(stream.Value) };

    /// <summary>A revision that a stream is expected to be at.</summary>
    /// <exception cref="CallFailureException">No stream can be there.</exception>
    internal static ExpectedRevision At(ulong revision) => revision < long.MaxValue
        ? ExpectedRevision.At(new Revision((long)revision))
        : throw CallFailureException.Invalid($"no stream can be at revision {revision}");

    /// <summary>What is wrong with a request that says nothing of what it expects.</summary>
    internal static CallFailureException NoExpectation() =>
        CallFailureException.Invalid("the request says no expected revision; \"any\" is one");

    /// <summary>A UUID in either form.</summary>
    /// <exception cref="CallFailureException">There is none, or it is not one.</exception>
    internal static Guid Id(UUID? uuid)
    {
        switch (uuid?.ValueCase)
        {
            case UUID.ValueOneofCase.Structured:
                Span<byte> bytes = stackalloc byte[16];
                BinaryPrimitives.WriteInt64BigEndian(bytes, uuid.Structured.MostSignificantBits);
                BinaryPrimitives.WriteInt64BigEndian(bytes[8..], uuid.Structured.LeastSignificantBits);
                return new Guid(bytes, bigEndian: true);
            case UUID.ValueOneofCase.String when Guid.TryParse(uuid.String, out Guid id):
                return id;
            case UUID.ValueOneofCase.String:
                throw CallFailureException.Invalid($"\"{uuid.String}\" is not a UUID");
            default:
                throw CallFailureException.Invalid("a UUID is missing");
        }
    }

    /// <summary>A UUID in the form that the caller wants.</summary>
    internal static UUID Uuid(Guid id, bool isString)
    {
        if (isString) return new UUID { String = id.ToString() };
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            },
        };
    }
}
