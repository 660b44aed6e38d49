using System.IO.MemoryMappedFiles;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Keeps the input that is being run in a file that outlives the process: if an input ends it, the file says
/// which.</summary>
internal sealed class FlightRecorder : IDisposable
{
    private const int BytesMax = 4 << 20;

    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public FlightRecorder(string path)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, BytesMax);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The file for a test, beside the tests.</summary>
    public static string PathFor(string test) =>
        Path.Combine(AppContext.BaseDirectory, $"last-input-{test}-{Environment.ProcessId}");

    /// <summary>What was running when the process ended, or null when it ended well.</summary>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path)) return null;
        byte[] content = File.ReadAllBytes(path);
        int length = BitConverter.ToInt32(content);
        return length > 0 ? content[sizeof(int)..(sizeof(int) + length)] : null;
    }

    /// <summary>Notes what is run next.</summary>
    public void Note(byte[] input)
    {
        int length = Math.Min(input.Length, BytesMax - sizeof(int));
        _view.Write(0, 0);
        _view.WriteArray(sizeof(int), input, 0, length);
        _view.Write(0, length);
    }

    /// <summary>Nothing runs any more: removes the file.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }
}
