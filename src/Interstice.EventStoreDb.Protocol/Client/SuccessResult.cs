namespace EventStore.Client;

/// <summary>The events are in the store.</summary>
public readonly record struct SuccessResult(StreamRevision NextExpectedStreamRevision, Position LogPosition) : IWriteResult
{
    /// <inheritdoc/>
    public long NextExpectedVersion => NextExpectedStreamRevision.ToInt64();
}
