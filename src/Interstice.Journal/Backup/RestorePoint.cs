using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Up to where a store is restored: the longest stretch of whole appends from the beginning in which nothing lies behind the
/// point.</summary>
public abstract record RestorePoint
{
    private RestorePoint()
    {
    }

    /// <summary>Ends with the append that holds this revision of this stream; before it, if it holds later ones of the stream too.</summary>
    /// <param name="Stream">The stream.</param>
    /// <param name="Revision">The revision.</param>
    public sealed record AtRevision(StreamName Stream, Revision Revision) : RestorePoint;

    /// <summary>Ends before the append that holds the first event behind a position.</summary>
    /// <param name="Position">The position of the last event that may be in it.</param>
    public sealed record AtPosition(ulong Position) : RestorePoint;

    /// <summary>Ends before the first append that was recorded after a time.</summary>
    /// <param name="Instant">The time.</param>
    public sealed record AtTime(DateTimeOffset Instant) : RestorePoint;

    internal static DateTimeOffset Time(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);
}
