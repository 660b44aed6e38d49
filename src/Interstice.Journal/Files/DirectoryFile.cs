using Microsoft.Win32.SafeHandles;

namespace Interstice.Journal.Files;

/// <summary>One file of a directory, through positional system calls.</summary>
internal sealed class DirectoryFile(SafeFileHandle handle) : IJournalFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int ReadAt(Span<byte> destination, long offset)
    {
        int read = 0;
        while (read < destination.Length)
        {
            int part = RandomAccess.Read(handle, destination[read..], offset + read);
            if (part == 0) break;
            read += part;
        }

        return read;
    }

    public void WriteAt(ReadOnlySpan<byte> source, long offset) => RandomAccess.Write(handle, source, offset);

    public void Sync() => NativeFiles.SyncData(handle);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Dispose() => handle.Dispose();
}
