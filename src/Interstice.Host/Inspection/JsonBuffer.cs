using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Interstice.Host.Inspection;

/// <summary>Builds one JSON document at a time in a buffer that is used again. Not thread-safe.</summary>
public sealed class JsonBuffer : IDisposable
{
    [ThreadStatic]
    private static JsonBuffer? _ofThread;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _writer;

    /// <summary>Makes a buffer.</summary>
    /// <param name="isIndented">Whether documents span lines.</param>
    public JsonBuffer(bool isIndented) => _writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions
    {
        Indented = isIndented,
        NewLine = "\n",

        // The output is no HTML page: letters of every language stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>One on one line for this thread, used again: for a document that is done with before the next one begins.</summary>
    public static JsonBuffer OfThread => _ofThread ??= new JsonBuffer(isIndented: false);

    /// <summary>Builds a document; the bytes are valid until the next one.</summary>
    /// <param name="write">Writes exactly one value.</param>
    public ReadOnlyMemory<byte> Build(Action<Utf8JsonWriter> write)
    {
        write(Begin());
        return End();
    }

    /// <summary>Begins a document: exactly one value is written, then comes <see cref="End"/>.</summary>
    public Utf8JsonWriter Begin()
    {
        _bytes.ResetWrittenCount();
        _writer.Reset();
        return _writer;
    }

    /// <summary>Ends a document; the bytes are valid until the next one.</summary>
    public ReadOnlyMemory<byte> End()
    {
        _writer.Flush();
        return _bytes.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
