namespace Interstice.Journal.Files;

/// <summary>One open file of a journal. Offsets and lengths are in bytes. Reads may run on any thread beside one writer.</summary>
public interface IJournalFile : IDisposable
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

    /// <summary>Cuts or extends the file. Durable after <see cref="Sync"/>.</summary>
    /// <param name="length">The new length; what is added reads as zero.</param>
    void SetLength(long length);
}
