using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interstice.Journal.Files;

/// <summary>The few calls of the C library that .NET has no door to.</summary>
internal static partial class NativeFiles
{
    private const int ReadOnly = 0;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int ErrorInterrupted = 4;
    private const int ErrorAgainLinux = 11;
    private const int ErrorAgainMac = 35;
    private const int ErrorInvalid = 22;

    /// <summary>Flushes content and whatever of the metadata a later read needs, but not times (fdatasync(2)).</summary>
    public static void SyncData(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        while (FileDataSync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == ErrorInterrupted) continue;
            throw new IOException($"fdatasync failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    /// <summary>Flushes the names in a directory. On Windows the file system's own journal keeps them.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Failed("open", path, Marshal.GetLastPInvokeError());
        try
        {
            // EINVAL: a file system that cannot sync directories keeps their order by itself.
            if (FileSync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error && error != ErrorInvalid)
                throw Failed("fsync", path, error);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Takes flock(2), also where .NET's own file locking is switched off.</summary>
    /// <returns>False when another holds it.</returns>
    public static bool TryLockExclusive(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsWindows() || FileLock(handle, LockExclusive | LockNonBlocking) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        if (IsWouldBlock(error)) return false;
        throw Failed("flock", path, error);
    }

    /// <summary>Reads a small file that another holds locked; .NET asks for a lock even to read. Empty if it cannot.</summary>
    public static unsafe byte[] ReadLocked(string path, int bytesMax)
    {
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0) return [];
        byte[] bytes = new byte[bytesMax];
        nint read;
        fixed (byte* start = bytes) read = Read(descriptor, start, bytesMax);
        _ = Close(descriptor);
        return read <= 0 ? [] : bytes[..(int)read];
    }

    /// <summary>Whether an error number says that another holds the lock.</summary>
    public static bool IsWouldBlock(int error) =>
        error == (OperatingSystem.IsMacOS() ? ErrorAgainMac : ErrorAgainLinux);

    private static IOException Failed(string call, string path, int error) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, byte* destination, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle handle, int operation);
}
