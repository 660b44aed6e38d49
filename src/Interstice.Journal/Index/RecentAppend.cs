namespace Interstice.Journal.Index;

/// <summary>An append that expected no exact revision.</summary>
/// <param name="FirstId">Id of its first event.</param>
/// <param name="Stream">The stream.</param>
/// <param name="FirstRevision">Revision of that event.</param>
internal readonly record struct RecentAppend(Guid FirstId, StreamEntry Stream, long FirstRevision);
