namespace Interstice.Journal.Repair;

/// <summary>Events of one stream that are lost.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="From">First revision.</param>
/// <param name="To">Last revision.</param>
public sealed record LostRevisions(string Stream, long From, long To);
