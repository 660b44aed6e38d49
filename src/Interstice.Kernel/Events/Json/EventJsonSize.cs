using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>Measures how many bytes a transaction has as JSON, its metadata included, without keeping them.</summary>
/// <remarks>What is fixed in metadata is counted with its largest size, so that no store sees more than was measured.</remarks>
/// <param name="schema">The declarations that it is made under.</param>
public sealed class EventJsonSize(ModuleSchema schema) : IDisposable
{
    // Publication, correlation, transaction and index; a name and braces.
    internal const int FollowingBytes = 224;

    // Everything else that the first event says of the call, but for names, arguments and result.
    internal const int CallBytes = 1024;

    // What stands around rows and payloads, but for names.
    internal const int WrapBytes = 64;

    private readonly PayloadWriter _scratch = new(1024);
    private Utf8JsonWriter? _writer;

    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; } = CallBytes;

    /// <summary>Adds an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="payload">Its canonical payload.</param>
    public void Add(string type, ReadOnlySpan<byte> payload)
    {
        Utf8JsonWriter writer = Begin();
        bool isJson = EventJson.TryWrite(writer, type, payload, schema);
        Bytes += FollowingBytes + (isJson ? End(writer) : payload.Length);
    }

    /// <summary>Adds the call.</summary>
    /// <param name="reducer">The reducer.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="arguments">Its arguments, validated.</param>
    /// <param name="result">Its result, of the reducer's type; empty for none.</param>
    public void Add(ReducerSchema reducer, string engine, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> result)
    {
        ArgumentNullException.ThrowIfNull(reducer);
        ArgumentNullException.ThrowIfNull(engine);
        Utf8JsonWriter writer = Begin();
        JsonValues.WriteRow(writer, reducer.Arguments, arguments);
        Bytes += reducer.Name.Length + (6 * engine.Length) + End(writer);
        if (reducer.Result is not { } type) return;
        writer = Begin();
        JsonValues.Write(writer, type, result);
        Bytes += End(writer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _scratch.Dispose();
    }

    private Utf8JsonWriter Begin()
    {
        _scratch.Clear();
        _writer ??= new Utf8JsonWriter(_scratch, EventJson.WriterOptions);
        _writer.Reset(_scratch);
        return _writer;
    }

    private int End(Utf8JsonWriter writer)
    {
        writer.Flush();
        return _scratch.Length;
    }
}
