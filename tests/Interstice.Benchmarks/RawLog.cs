using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interstice.Benchmarks;

/// <summary>The least that a durable log can be: write at the end, fdatasync. Into a file that was written before, as the
/// journal does it.</summary>
internal sealed partial class RawLog : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _capacity;
    private long _tail;

    public RawLog(string directory, long capacity)
    {
        _path = Path.Combine(directory, "raw.log");
        _capacity = capacity;
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite);
        byte[] zeros = new byte[1 << 20];
        for (long offset = 0; offset < capacity; offset += zeros.Length) RandomAccess.Write(_file, zeros, offset);
        RandomAccess.FlushToDisk(_file);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_tail + bytes.Length > _capacity) _tail = 0;
        RandomAccess.Write(_file, bytes, _tail);
        _tail += bytes.Length;
        if (OperatingSystem.IsLinux())
        {
            if (DataSync(_file) != 0) throw new IOException($"fdatasync failed: {Marshal.GetLastPInvokeError()}");
        }
        else
        {
            RandomAccess.FlushToDisk(_file);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
