using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Interstice.Cli.Hosting;

/// <summary>One JSON object for each event (docs/operating.md): time, level, category, message, failure, and the values in the message by
/// name.</summary>
/// <param name="options">Settings.</param>
internal sealed class JsonLogFormatter(IOptions<LogFormatterOptions> options) : ConsoleFormatter(HostLog.FormatterName(Format))
{
    /// <summary>What <c>--log-format</c> calls it.</summary>
    public const string Format = "json";

    private const string Template = "{OriginalFormat}";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("Timestamp", options.Value.Clock.GetUtcNow().ToString(LogFormatterOptions.Time, CultureInfo.InvariantCulture));
            json.WriteString("LogLevel", logEntry.LogLevel.ToString());
            json.WriteString("Category", logEntry.Category);
            json.WriteString("Message", message);
            if (logEntry.Exception is { } fault) json.WriteString("Exception", fault.ToString());
            json.WriteStartObject("State");
            if (logEntry.State is IReadOnlyCollection<KeyValuePair<string, object?>> values) WriteValues(json, values);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        textWriter.Write('\n');
    }

    private static void WriteValues(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach ((string name, object? value) in values)
        {
            if (name == Template) continue;
            json.WritePropertyName(name);
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case bool flag: json.WriteBooleanValue(flag); break;
                case int or long or short or byte or sbyte or ushort or uint: json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
                case ulong number: json.WriteNumberValue(number); break;
                case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
                default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }
    }
}
