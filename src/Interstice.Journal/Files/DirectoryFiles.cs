using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Interstice.Journal.Files;

/// <summary>The files of a journal in a directory of the file system.</summary>
public sealed class DirectoryFiles : IJournalFiles
{
    private const int HolderBytesMax = 256;

    /// <summary>Names the directory; touches nothing.</summary>
    /// <param name="directory">Its path, made absolute.</param>
    public DirectoryFiles(string directory) => Directory = Path.GetFullPath(directory);

    /// <inheritdoc/>
    public string Directory { get; }

    /// <inheritdoc/>
    public bool DirectoryExists => System.IO.Directory.Exists(Directory);

    /// <inheritdoc/>
    public void CreateDirectory()
    {
        string? missing = Directory;
        while (missing is not null && !System.IO.Directory.Exists(missing)) missing = Path.GetDirectoryName(missing);
        System.IO.Directory.CreateDirectory(Directory);

        // A new name is durable when the directory that holds it is: from the last one that was there, downwards.
        string at = Directory;
        while (missing is not null && at != missing && Path.GetDirectoryName(at) is { } parent)
        {
            NativeFiles.SyncDirectory(parent);
            at = parent;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        List<string> names = [];
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory)) names.Add(Path.GetFileName(path));
        return names;
    }

    /// <inheritdoc/>
    public IJournalFile Open(string name, JournalFileMode mode)
    {
        string path = PathOf(name);
        SafeFileHandle handle = mode switch
        {
            // Sharing covers renames and truncation by the process that has the store open.
            JournalFileMode.Read =>
                File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete),
            JournalFileMode.Write =>
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete),
            _ => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete),
        };
        return new DirectoryFile(handle);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: false);

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(PathOf(name));

    /// <inheritdoc/>
    public void SyncDirectory() => NativeFiles.SyncDirectory(Directory);

    /// <inheritdoc/>
    public IDisposable? TryLock(string name, string holder, out string heldBy)
    {
        heldBy = string.Empty;
        string path = PathOf(name);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            heldBy = ReadHolder(path);
            return null;
        }

        if (!NativeFiles.TryLockExclusive(stream.SafeFileHandle, path))
        {
            stream.Dispose();
            heldBy = ReadHolder(path);
            return null;
        }

        stream.SetLength(0);
        stream.Write(Encoding.UTF8.GetBytes(holder));
        return stream;
    }

    private static bool IsSharingViolation(IOException e) =>
        e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        && (OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 32 or 33 : NativeFiles.IsWouldBlock(e.HResult));

    private static string ReadHolder(string path)
    {
        if (!OperatingSystem.IsWindows())
            return Encoding.UTF8.GetString(NativeFiles.ReadLocked(path, HolderBytesMax)).Trim();
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(stream, Encoding.UTF8);
            return reader.ReadToEnd().Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // the name of the holder only makes the message better
        }
    }

    private string PathOf(string name) => Path.Join(Directory, name);
}
