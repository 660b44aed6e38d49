using Interstice.EventStoreDb.Protocol.Messages;
using ProtobufEmpty = Google.Protobuf.WellKnownTypes.Empty;

namespace EventStore.Client;

/// <summary>What a write expects of its stream: a revision or a state.</summary>
internal readonly record struct Expectation(StreamRevision? Revision, StreamState State)
{
    internal static Expectation At(StreamRevision revision) =>
        revision == StreamRevision.None ? In(StreamState.NoStream) : new(revision, default);

    internal static Expectation In(StreamState state) => new(null, state);

    internal void Set(AppendReq.Types.Options options)
    {
        if (Revision is { } revision) options.Revision = revision;
        else if (State == StreamState.NoStream) options.NoStream = new Empty();
        else if (State == StreamState.StreamExists) options.StreamExists = new Empty();
        else options.Any = new Empty();
    }

    internal void Set(DeleteReq.Types.Options options)
    {
        if (Revision is { } revision) options.Revision = revision;
        else if (State == StreamState.NoStream) options.NoStream = new Empty();
        else if (State == StreamState.StreamExists) options.StreamExists = new Empty();
        else options.Any = new Empty();
    }

    internal void Set(BatchAppendReq.Types.Options options)
    {
        if (Revision is { } revision) options.StreamPosition = revision;
        else if (State == StreamState.NoStream) options.NoStream = new ProtobufEmpty();
        else if (State == StreamState.StreamExists) options.StreamExists = new ProtobufEmpty();
        else options.Any = new ProtobufEmpty();
    }

    /// <summary>What an append whose expectation was not met gives or throws.</summary>
    internal IWriteResult Unmet(string stream, StreamRevision actual, bool isThrown)
    {
        if (isThrown)
            throw Revision is { } revision
                ? new WrongExpectedVersionException(stream, revision, actual)
                : new WrongExpectedVersionException(stream, State, actual);
        return new WrongExpectedVersionResult(stream, Revision ?? StreamRevision.None, actual);
    }
}
