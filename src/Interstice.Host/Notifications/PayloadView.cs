using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Notifications;

/// <summary>What a reducer emitted. Owns its bytes; any thread may read it.</summary>
/// <param name="bytes">The canonical bytes.</param>
/// <param name="type">Type of a custom event's payload; null for a row.</param>
/// <param name="row">Columns of a row of an event table; null for a custom event's payload.</param>
public sealed class PayloadView(ReadOnlyMemory<byte> bytes, DataType? type, RowCodec? row)
{
    /// <summary>The canonical bytes (docs/formats/values.md).</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>The value as JSON (docs/formats/json.md): of a row an object of its columns.</summary>
    public JsonElement ToJson()
    {
        using var json = new JsonBuffer(isIndented: false);
        ReadOnlyMemory<byte> text = json.Build(writer =>
        {
            if (row is not null) JsonValues.WriteRow(writer, row, Bytes.Span);
            else JsonValues.Write(writer, type!, Bytes.Span);
        });
        using var document = JsonDocument.Parse(text, ValueLimits.Json);
        return document.RootElement.Clone();
    }
}
