using Interstice.Kernel.Events;

namespace Interstice.Journal.Archive;

/// <summary>Which part of the log must stay in the store because something reads it at every start.</summary>
/// <param name="Before">Only segments that end at or before this position may go.</param>
/// <param name="Needed">Positions of events before it that are read nevertheless: their segments stay.</param>
public sealed record ArchiveLimits(Position Before, IReadOnlyCollection<Position> Needed);
