namespace EventStore.Client;

/// <summary>What came of a deletion.</summary>
/// <param name="LogPosition">Its place.</param>
public readonly record struct DeleteResult(Position LogPosition);
