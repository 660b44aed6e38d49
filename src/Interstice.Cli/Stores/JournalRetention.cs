using Interstice.Cli.Output;
using Interstice.Host.Retention;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Stores;

/// <summary>Moves segments of an embedded journal to its archive, as its settings for retention say.</summary>
/// <param name="store">The journal, open for writing.</param>
internal sealed class JournalRetention(JournalStore store) : ILogRetention
{
    /// <inheritdoc/>
    public async Task<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        var everything = new ArchiveLimits(new Position(ulong.MaxValue, ulong.MaxValue), []);
        ArchiveReport report = await store.ArchiveAsync(everything, isDryRun: true, cancellationToken).ConfigureAwait(false);
        return report.Moved.Count > 0;
    }

    /// <inheritdoc/>
    public async Task<string?> ApplyAsync(LogNeeds needs, CancellationToken cancellationToken)
    {
        ArchiveReport report = await store.ArchiveAsync(LimitsOf(needs), isDryRun: false, cancellationToken).ConfigureAwait(false);
        if (report.Moved.Count == 0) return null;
        return $"moved {Count.Of(report.Moved.Count, "segment")}, {Count.Of(report.Moved.Sum(segment => segment.Length), "byte")}, " +
            $"to the archive {report.Directory}";
    }

    /// <summary>What the journal must keep so that a start finds what it needs.</summary>
    public static ArchiveLimits LimitsOf(LogNeeds needs) => new(needs.From, needs.Events);
}
