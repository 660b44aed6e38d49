using System.Globalization;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Archive;

/// <summary>A segment lies in an archive that cannot be read now. The store is whole; what was asked for needs the archive.</summary>
public sealed class ArchiveUnreachableException : EventStoreException
{
    /// <summary>Makes one.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="store">The store's directory.</param>
    /// <param name="reason">Why it cannot be read, and where it was looked for.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public ArchiveUnreachableException(ArchivedSegment segment, string store, string reason, Exception? inner = null)
        : base(EventStoreErrorKind.Unavailable, Describe(segment, store, reason), inner) => Segment = segment;

    /// <summary>The segment.</summary>
    public ArchivedSegment Segment { get; }

    private static string Describe(ArchivedSegment segment, string store, string reason)
    {
        ArgumentNullException.ThrowIfNull(segment);
        ulong last = segment.Position + (ulong)segment.Length - 1;
        return string.Create(CultureInfo.InvariantCulture,
            $"segment {segment.Number} of the journal {store} (positions {segment.Position} to {last}) was archived to {segment.Directory} at "
            + $"{segment.At:yyyy-MM-dd'T'HH:mm:ss'Z'}, and {reason}; make the archive readable there, or name where it is with --archive-directory");
    }
}
