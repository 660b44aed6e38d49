using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interstice.Benchmarks;

/// <summary>The least that a durable log can be: write at the end, fdatasync. Into a file that was written before, as the
/// journal does it, or into one that grows.</summary>
internal sealed partial class RawLog : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _capacity;
    private long _tail;

    /// <summary>Makes the file.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="capacity">Bytes that are written before; then it begins anew at the start. 0: the file grows.</param>
    public RawLog(string directory, long capacity)
    {
        _path = Path.Combine(directory, $"raw-{Guid.NewGuid():n}.log");
        _capacity = capacity;
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite);
        byte[] zeros = new byte[1 << 20];
        for (long offset = 0; offset < capacity; offset += zeros.Length) RandomAccess.Write(_file, zeros, offset);
        RandomAccess.FlushToDisk(_file);
    }

    /// <summary>Writes without syncing.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_capacity > 0 && _tail + bytes.Length > _capacity) _tail = 0;
        RandomAccess.Write(_file, bytes, _tail);
        _tail += bytes.Length;
    }

    /// <summary>Writes and syncs.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Write(bytes);
        if (OperatingSystem.IsLinux())
        {
            if (DataSync(_file) != 0) throw new IOException($"fdatasync failed: {Marshal.GetLastPInvokeError()}");
        }
        else
        {
            RandomAccess.FlushToDisk(_file);
        }
    }

    /// <summary>Appends for a time, a number of records at once.</summary>
    /// <param name="recordBytes">Bytes of one record.</param>
    /// <param name="together">Records in one write and sync.</param>
    /// <param name="seconds">How long.</param>
    /// <returns>Records a second, and the median of the times that an append and its sync took, in microseconds.</returns>
    public (double PerSecond, double MedianUs) Measure(int recordBytes, int together, double seconds)
    {
        byte[] records = new byte[recordBytes * together];
        records.AsSpan().Fill(0x5a);
        List<double> times = [];
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds)
        {
            long began = TimeProvider.System.GetTimestamp();
            Append(records);
            times.Add(TimeProvider.System.GetElapsedTime(began).TotalMicroseconds);
        }

        return ((double)together * times.Count / TimeProvider.System.GetElapsedTime(started).TotalSeconds, Ratio.MedianOf(times));
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
