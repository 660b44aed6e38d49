namespace EventStore.Client;

/// <summary>Nothing was written: the stream was not as expected.</summary>
public readonly record struct WrongExpectedVersionResult : IWriteResult
{
    /// <summary>Makes one.</summary>
    public WrongExpectedVersionResult(string streamName, StreamRevision nextExpectedStreamRevision)
        : this(streamName, nextExpectedStreamRevision, StreamRevision.None)
    {
    }

    /// <summary>Makes one.</summary>
    public WrongExpectedVersionResult(
        string streamName, StreamRevision nextExpectedStreamRevision, StreamRevision actualStreamRevision)
    {
        StreamName = streamName;
        NextExpectedStreamRevision = nextExpectedStreamRevision;
        ActualStreamRevision = actualStreamRevision;
    }

    /// <summary>The stream.</summary>
    public string StreamName { get; }

    /// <summary>What was expected, -1 for none.</summary>
    public long NextExpectedVersion => NextExpectedStreamRevision.ToInt64();

    /// <summary>What the stream is at, -1 for no stream.</summary>
    public long ActualVersion => ActualStreamRevision.ToInt64();

    /// <summary>What the stream is at.</summary>
    public StreamRevision ActualStreamRevision { get; }

    /// <summary>None.</summary>
    public Position LogPosition => default;

    /// <summary>What was expected.</summary>
    public StreamRevision NextExpectedStreamRevision { get; }
}
