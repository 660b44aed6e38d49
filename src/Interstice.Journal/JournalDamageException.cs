using Interstice.Kernel.Events;

namespace Interstice.Journal;

/// <summary>Bytes of a journal are not what they must be, below an offset that was once durable. Nothing was changed.</summary>
public sealed class JournalDamageException : EventStoreException
{
    /// <summary>Makes one.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="segment">Number of the segment, null outside segments.</param>
    /// <param name="offset">Offset in the file of what is damaged, in bytes.</param>
    /// <param name="position">The same place as an offset in the whole log.</param>
    /// <param name="what">What was compared.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="found">What it is.</param>
    public JournalDamageException(
        string file, long? segment, long offset, ulong position, string what, string expected, string found)
        : base(EventStoreErrorKind.Damaged,
            $"{file} is damaged at byte {offset} (position {position}): {what} should be {expected}, found {found}; "
            + "restore the file from a backup, or repair the store (docs/recovery.md)")
    {
        File = file;
        Segment = segment;
        Offset = offset;
        Position = position;
        What = what;
        Expected = expected;
        Found = found;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Number of the segment, null outside segments.</summary>
    public long? Segment { get; }

    /// <summary>Offset in the file of what is damaged, in bytes; of the frame, when a checksum is wrong.</summary>
    public long Offset { get; }

    /// <summary>The same place as an offset in the whole log.</summary>
    public ulong Position { get; }

    /// <summary>What was compared.</summary>
    public string What { get; }

    /// <summary>What it should be.</summary>
    public string Expected { get; }

    /// <summary>What it is.</summary>
    public string Found { get; }
}
