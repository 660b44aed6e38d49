using System.Text.Json;
using Interstice.Host.Inspection;

namespace Interstice.Cli.Output;

/// <summary>Writes results for programs: JSON, YAML or NDJSON. One document, or one list of items.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">Any format but text.</param>
internal sealed class DocumentWriter(StandardOutput output, OutputFormat format) : IDisposable
{
    private readonly JsonBuffer _line = new(isIndented: false);
    private long _items;

    /// <summary>Writes the only document.</summary>
    /// <param name="write">Writes one value.</param>
    public void WriteDocument(Action<Utf8JsonWriter> write)
    {
        switch (format)
        {
            case OutputFormat.Yaml:
                output.Write(YamlText.Render(_line.Build(write).Span, asItem: false));
                break;
            case OutputFormat.Json:
                using (var indented = new JsonBuffer(isIndented: true)) output.Write(indented.Build(write).Span);
                output.Write("\n"u8);
                break;
            default:
                output.Write(_line.Build(write).Span);
                output.Write("\n"u8);
                break;
        }
    }

    /// <summary>Writes one of several documents that come over time: on one line, whatever the format, but for YAML.</summary>
    /// <param name="write">Writes one value.</param>
    public void WriteLine(Action<Utf8JsonWriter> write)
    {
        ReadOnlySpan<byte> json = _line.Build(write).Span;
        if (format == OutputFormat.Yaml)
        {
            output.Write("---\n"u8);
            output.Write(YamlText.Render(json, asItem: false));
            return;
        }

        output.Write(json);
        output.Write("\n"u8);
    }

    /// <summary>Writes the next item of a list.</summary>
    /// <param name="write">Writes one value.</param>
    public void WriteItem(Action<Utf8JsonWriter> write) => WriteItem(_line.Build(write).Span);

    /// <summary>Writes the next item of a list.</summary>
    /// <param name="json">One value, on one line.</param>
    public void WriteItem(ReadOnlySpan<byte> json)
    {
        switch (format)
        {
            case OutputFormat.Yaml:
                output.Write(YamlText.Render(json, asItem: true));
                break;
            case OutputFormat.Json:
                output.Write(_items == 0 ? "[\n"u8 : ",\n"u8);
                output.Write(json);
                break;
            default:
                output.Write(json);
                output.Write("\n"u8);
                break;
        }

        _items++;
    }

    /// <summary>Ends the list.</summary>
    public void EndItems()
    {
        if (format == OutputFormat.Json) output.Write(_items == 0 ? "[]\n"u8 : "\n]\n"u8);
        if (format == OutputFormat.Yaml && _items == 0) output.Write("[]\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _line.Dispose();
}
