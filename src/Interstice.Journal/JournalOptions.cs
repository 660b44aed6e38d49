namespace Interstice.Journal;

/// <summary>Settings of a journal: docs/settings.md.</summary>
public sealed record JournalOptions
{
    /// <summary>Smallest <see cref="SegmentBytes"/>.</summary>
    public const long SegmentBytesMin = 4 << 10;

    /// <summary>Largest <see cref="SegmentBytes"/>.</summary>
    public const long SegmentBytesMax = 1 << 30;

    /// <summary>Most appends that may wait.</summary>
    public const int QueueAppendsMaxMax = 1_000_000;

    /// <summary>Largest <see cref="ReadersMax"/>.</summary>
    public const int ReadersMaxMax = 1_000_000;

    /// <summary>Smallest <see cref="GroupBytesMax"/>.</summary>
    public const int GroupBytesMaxMin = 4 << 10;

    /// <summary>Largest <see cref="GroupBytesMax"/>.</summary>
    public const int GroupBytesMaxMax = 64 << 20;

    /// <summary>Shortest <see cref="SyncInterval"/>.</summary>
    public static readonly TimeSpan SyncIntervalMin = TimeSpan.FromMilliseconds(1);

    /// <summary>Longest <see cref="SyncInterval"/>.</summary>
    public static readonly TimeSpan SyncIntervalMax = TimeSpan.FromHours(1);

    /// <summary>Longest <see cref="RetentionAge"/>: 100 years of 365 days.</summary>
    public static readonly TimeSpan RetentionAgeMax = TimeSpan.FromDays(36_500);

    /// <summary>The directory of the store; it holds nothing else. Made with its parents if it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>Opens for reading only: takes no lock, writes nothing, and sees what another process appends.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What opening does with a damaged store. Default <see cref="RecoveryMode.Strict"/>.</summary>
    public RecoveryMode Recovery { get; init; }

    /// <summary>Makes the store if the directory holds none. Default true; ignored with <see cref="ReadOnly"/>.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Reads every frame of every segment when opening, and refuses the store if one is damaged. Default false: of sealed
    /// segments the header, the index and the seal are read, and a damaged frame is found by whoever reads it.</summary>
    public bool ChecksFramesOnOpen { get; init; }

    /// <summary>When appends are synced to the device. Default <see cref="SyncPolicy.EachCommit"/>.</summary>
    public SyncPolicy Sync { get; init; } = SyncPolicy.EachCommit;

    /// <summary>With <see cref="SyncPolicy.Interval"/>, longest time from an acknowledgement to the sync, which then begins:
    /// <see cref="SyncIntervalMin"/> to <see cref="SyncIntervalMax"/>. Default 1 second.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Size at which a segment is full, in bytes, <see cref="SegmentBytesMin"/> to <see cref="SegmentBytesMax"/>.
    /// Default 64 MiB. The first segments of a store are smaller, from 4 MiB doubling, so that a small store stays small;
    /// one that an append does not fit into is larger.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Directory that sealed segments are moved to when nothing needs them in the store, and where they are read from. Default
    /// null: none are moved, and earlier ones are read from where they went.</summary>
    public string? ArchiveDirectory { get; init; }

    /// <summary>How much of the log stays in the store before sealed segments go to the archive, in bytes, 0 or more. Default null: no
    /// such bound. Needs <see cref="ArchiveDirectory"/>.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>How long a segment stays in the store after its last append before it goes to the archive, 0 to
    /// <see cref="RetentionAgeMax"/>. Default null: no such bound. Needs <see cref="ArchiveDirectory"/>. With
    /// <see cref="RetentionBytes"/> too, a segment goes when it is beyond either.</summary>
    public TimeSpan? RetentionAge { get; init; }

    /// <summary>Whether any bound was set beyond which segments go to the archive.</summary>
    public bool HasRetention => RetentionBytes is not null || RetentionAge is not null;

    /// <summary>How many appends may wait for the writer, 1 to 1,000,000. Default 65,536. At this bound a call of
    /// <c>AppendAsync</c> blocks its thread until the writer has taken some.</summary>
    public int QueueAppendsMax { get; init; } = 65_536;

    /// <summary>How many bytes of events may wait for the writer, 1 or more. Default 256 MiB. At this bound a call of
    /// <c>AppendAsync</c> blocks its thread; a single append larger than the bound waits for an empty queue.</summary>
    public long QueueBytesMax { get; init; } = 256 << 20;

    /// <summary>How many bytes are written and synced together before the next ones, 4 KiB to 64 MiB; a larger append goes
    /// alone. Default 4 MiB.</summary>
    public int GroupBytesMax { get; init; } = 4 << 20;

    /// <summary>How many bytes the frame lists of sealed segments may take in memory, 0 or more; what was not used for longest is given up
    /// and read again from its segment when a reader needs it. Default 256 MiB. The names of streams, the places of their revisions by
    /// segment, and the active segment are not counted (docs/settings.md).</summary>
    public long IndexBytesMax { get; init; } = 256 << 20;

    /// <summary>How many readers and subscribers may be open at once, 1 to <see cref="ReadersMaxMax"/>; each takes up to 256 KiB, or one
    /// append where that is larger. One more is refused with <see cref="Kernel.Events.EventStoreErrorKind.Unavailable"/>. Default 4,096.
    /// </summary>
    public int ReadersMax { get; init; } = 4096;

    /// <summary>Checks the ranges, and that settings which belong together are there.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public void Validate()
    {
        ValidateRanges();
        if (HasRetention && string.IsNullOrWhiteSpace(ArchiveDirectory))
            throw new ArgumentException(
                "a retention needs an archive for what is not kept, since nothing is deleted; set ArchiveDirectory",
                nameof(ArchiveDirectory));
    }

    /// <summary>Checks the ranges.</summary>
    internal void ValidateRanges()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            throw new ArgumentException("the journal needs a directory; set Directory", nameof(Directory));
        Check(SegmentBytes, SegmentBytesMin, SegmentBytesMax, nameof(SegmentBytes));
        Check(QueueAppendsMax, 1, QueueAppendsMaxMax, nameof(QueueAppendsMax));
        Check(QueueBytesMax, 1, long.MaxValue, nameof(QueueBytesMax));
        Check(GroupBytesMax, GroupBytesMaxMin, GroupBytesMaxMax, nameof(GroupBytesMax));
        Check(IndexBytesMax, 0, long.MaxValue, nameof(IndexBytesMax));
        Check(ReadersMax, 1, ReadersMaxMax, nameof(ReadersMax));
        if (RetentionBytes is { } retentionBytes) Check(retentionBytes, 0, long.MaxValue, nameof(RetentionBytes));
        if (RetentionAge is { } age && (age < TimeSpan.Zero || age > RetentionAgeMax))
            throw new ArgumentOutOfRangeException(nameof(RetentionAge), age, $"RetentionAge must be 0 to {RetentionAgeMax}");
        if (!Enum.IsDefined(Recovery))
            throw new ArgumentOutOfRangeException(
                nameof(Recovery), Recovery, $"Recovery must be {string.Join(", ", Enum.GetNames<RecoveryMode>())}");
        if (!Enum.IsDefined(Sync))
            throw new ArgumentOutOfRangeException(nameof(Sync), Sync, $"Sync must be {string.Join(", ", Enum.GetNames<SyncPolicy>())}");
        if (SyncInterval < SyncIntervalMin || SyncInterval > SyncIntervalMax)
            throw new ArgumentOutOfRangeException(nameof(SyncInterval), SyncInterval,
                $"SyncInterval must be {SyncIntervalMin} to {SyncIntervalMax}");
    }

    private static void Check(long value, long min, long max, string name)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {min} to {max}");
    }
}
