namespace Interstice.Journal;

/// <summary>When what was appended is synced to the device, and so what a failure of power or of the operating system can cost. The end
/// of the process alone, however it ends, costs nothing that was acknowledged under any of them.</summary>
public enum SyncPolicy
{
    /// <summary>Before an append is acknowledged. Nothing that was acknowledged can be lost.</summary>
    EachCommit,

    /// <summary>At the latest <see cref="JournalOptions.SyncInterval"/> after it was acknowledged, plus the time that a sync takes. A power
    /// failure can cost the appends acknowledged since the last sync; what remains is a prefix of the log, never one with
    /// holes. After a sync that failed nothing more is acknowledged, and what was acknowledged since the one before it is in
    /// doubt.</summary>
    Interval,

    /// <summary>When a segment is sealed and when the journal is closed. A power failure can cost everything acknowledged since
    /// the active segment began; what remains is a prefix of the log.</summary>
    Never,
}
