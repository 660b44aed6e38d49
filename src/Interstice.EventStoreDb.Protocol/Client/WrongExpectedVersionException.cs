namespace EventStore.Client;

/// <summary>The stream was not as expected; nothing was written.</summary>
public class WrongExpectedVersionException : Exception
{
    /// <summary>Makes one.</summary>
    public WrongExpectedVersionException(
        string streamName,
        StreamRevision expectedStreamRevision,
        StreamRevision actualStreamRevision,
        Exception? exception = null,
        string? message = null)
        : base(message ?? MessageOf(streamName, $"{expectedStreamRevision.ToInt64()}", actualStreamRevision), exception)
    {
        StreamName = streamName;
        ExpectedStreamRevision = expectedStreamRevision;
        ExpectedVersion = expectedStreamRevision == StreamRevision.None ? null : expectedStreamRevision.ToInt64();
        ActualStreamRevision = actualStreamRevision;
        ActualVersion = actualStreamRevision == StreamRevision.None ? null : actualStreamRevision.ToInt64();
    }

    /// <summary>Makes one.</summary>
    public WrongExpectedVersionException(
        string streamName, StreamState expectedStreamState, StreamRevision actualStreamRevision, Exception? exception = null)
        : base(MessageOf(streamName, $"{expectedStreamState}", actualStreamRevision), exception)
    {
        StreamName = streamName;
        ExpectedStreamRevision = StreamRevision.None;
        ExpectedVersion = expectedStreamState.ToInt64();
        ActualStreamRevision = actualStreamRevision;
        ActualVersion = actualStreamRevision == StreamRevision.None ? null : actualStreamRevision.ToInt64();
    }

    /// <summary>The stream.</summary>
    public string StreamName { get; }

    /// <summary>What was expected: a revision, or the number of a state.</summary>
    public long? ExpectedVersion { get; }

    /// <summary>Where the stream is; null for no stream.</summary>
    public long? ActualVersion { get; }

    /// <summary>Where the stream is.</summary>
    public StreamRevision ActualStreamRevision { get; }

    /// <summary>What was expected, if it was a revision.</summary>
    public StreamRevision ExpectedStreamRevision { get; }

    private static string MessageOf(string stream, string expected, StreamRevision actual) =>
        $"Append failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected}, Actual version: {actual.ToInt64()}";
}
