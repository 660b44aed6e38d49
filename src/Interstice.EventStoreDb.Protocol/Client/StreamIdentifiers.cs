using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>Names of streams as messages have them.</summary>
internal static class StreamIdentifiers
{
    internal static StreamIdentifier Of(string stream) => new() { StreamName = ByteString.CopyFromUtf8(stream) };

    internal static string NameIn(StreamIdentifier? identifier) => identifier?.StreamName.ToStringUtf8() ?? "";
}
