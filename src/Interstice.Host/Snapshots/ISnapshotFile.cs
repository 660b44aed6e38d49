namespace Interstice.Host.Snapshots;

/// <summary>One open file of a snapshot. Offsets and lengths are in bytes. Used by one thread at a time.</summary>
public interface ISnapshotFile : IDisposable
{
    /// <summary>Its length.</summary>
    long Length { get; }

    /// <summary>Reads from an offset.</summary>
    /// <param name="destination">Filled unless the file ends first.</param>
    /// <param name="offset">Where to start.</param>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    int ReadAt(Span<byte> destination, long offset);

    /// <summary>Writes all bytes at an offset. Durable after <see cref="Sync"/>; a failure may leave any part written.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="offset">Where; past the end, the file grows.</param>
    void WriteAt(ReadOnlySpan<byte> source, long offset);

    /// <summary>Makes everything written so far, and the length, durable.</summary>
    void Sync();
}
