namespace Interstice.Journal;

/// <summary>Settings of a journal. Durability is one policy: an append is answered when it has been synced to the device.</summary>
public sealed record JournalOptions
{
    /// <summary>Smallest <see cref="SegmentBytes"/>.</summary>
    public const long SegmentBytesMin = 4 << 10;

    /// <summary>Largest <see cref="SegmentBytes"/>.</summary>
    public const long SegmentBytesMax = 1 << 30;

    /// <summary>The directory of the store; it holds nothing else. Made with its parents if it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>Opens for reading only: takes no lock, writes nothing, and sees what another process appends.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Makes the store if the directory holds none. Default true; ignored with <see cref="ReadOnly"/>.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Reads every frame of every segment when opening, and refuses the store if one is damaged. Default false: of sealed
    /// segments the header, the index and the seal are read, and a damaged frame is found by whoever reads it.</summary>
    public bool ChecksFramesOnOpen { get; init; }

    /// <summary>Size at which a segment is full, in bytes, <see cref="SegmentBytesMin"/> to <see cref="SegmentBytesMax"/>.
    /// Default 64 MiB. The first segments of a store are smaller, from 4 MiB doubling, so that a small store stays small;
    /// one that an append does not fit into is larger.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>How many appends may wait for the writer, 1 to 1,000,000. Default 65,536. At this bound a call of
    /// <c>AppendAsync</c> blocks its thread until the writer has taken some.</summary>
    public int QueueAppendsMax { get; init; } = 65_536;

    /// <summary>How many bytes of events may wait for the writer, 1 or more. Default 256 MiB. At this bound a call of
    /// <c>AppendAsync</c> blocks its thread; a single append larger than the bound waits for an empty queue.</summary>
    public long QueueBytesMax { get; init; } = 256 << 20;

    /// <summary>How many bytes are written and synced together before the next ones, 4 KiB to 64 MiB; a larger append goes
    /// alone. Default 4 MiB.</summary>
    public int GroupBytesMax { get; init; } = 4 << 20;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            throw new ArgumentException("the journal needs a directory; set Directory", nameof(Directory));
        Check(SegmentBytes, SegmentBytesMin, SegmentBytesMax, nameof(SegmentBytes));
        Check(QueueAppendsMax, 1, 1_000_000, nameof(QueueAppendsMax));
        Check(QueueBytesMax, 1, long.MaxValue, nameof(QueueBytesMax));
        Check(GroupBytesMax, 4 << 10, 64 << 20, nameof(GroupBytesMax));
    }

    private static void Check(long value, long min, long max, string name)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {min} to {max}");
    }
}
