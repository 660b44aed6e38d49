namespace Interstice.Journal.Archive;

/// <summary>Why a segment stays in the store.</summary>
public enum SegmentStay
{
    /// <summary>It is the one that is written, or the one before.</summary>
    Newest,

    /// <summary>A start replays it: it does not end before the snapshots of all modules.</summary>
    Replayed,

    /// <summary>A start reads an event in it: of the list of modules, of a module's code, or one that a snapshot is compared with.</summary>
    Needed,

    /// <summary>The settings keep it: <see cref="JournalOptions.RetentionBytes"/>, <see cref="JournalOptions.RetentionAge"/>.</summary>
    Retained,

    /// <summary>It has no index of its own: a repair or an earlier version wrote it.</summary>
    WithoutIndex,
}
