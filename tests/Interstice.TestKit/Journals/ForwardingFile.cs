using Interstice.Journal.Files;

namespace Interstice.TestKit.Journals;

/// <summary>A file that hands everything on to another one.</summary>
/// <param name="file">The other one.</param>
public abstract class ForwardingFile(IJournalFile file) : IJournalFile
{
    /// <inheritdoc/>
    public long Length => file.Length;

    /// <inheritdoc/>
    public virtual int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

    /// <inheritdoc/>
    public virtual void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

    /// <inheritdoc/>
    public virtual void Sync() => file.Sync();

    /// <inheritdoc/>
    public void SetLength(long length) => file.SetLength(length);

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }
}
