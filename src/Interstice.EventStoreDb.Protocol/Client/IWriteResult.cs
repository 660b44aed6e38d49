namespace EventStore.Client;

/// <summary>What came of an append.</summary>
public interface IWriteResult
{
    /// <summary>The revision that the next append may expect, -1 for none.</summary>
    long NextExpectedVersion { get; }

    /// <summary>Place of the last event.</summary>
    Position LogPosition { get; }

    /// <summary>The revision that the next append may expect.</summary>
    StreamRevision NextExpectedStreamRevision { get; }
}
