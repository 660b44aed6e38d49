using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>A <see cref="ModulePublished"/> as JSON; its declarations line by line.</summary>
internal static class PublicationJson
{
    internal static bool TryWrite(Utf8JsonWriter writer, ReadOnlySpan<byte> payload)
    {
        var published = ModulePublished.Read(payload);
        if (!System.Text.Unicode.Utf8.IsValid(published.Schema.Span)) return false;
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, published.Version);
        writer.WriteNumber("abi"u8, published.Abi);
        writer.WriteString("code"u8, published.Code.ToString());
        JsonFields.Write(writer, "codeBytes"u8, published.CodeBytes);
        writer.WriteNumber("chunks"u8, published.ChunkCount);
        writer.WriteNumber("fuelSchedule"u8, published.FuelSchedule);
        writer.WriteString("time"u8, TimestampText.Format(published.TimeUs));
        writer.WriteString("publisher"u8, published.Publisher.ToString());
        writer.WriteStartArray("schema"u8);
        foreach (string line in Encoding.UTF8.GetString(published.Schema.Span).Split('\n')) writer.WriteStringValue(line);
        writer.WriteEndArray();
        if (!published.Steps.IsEmpty)
        {
            writer.WriteStartArray("steps"u8);
            foreach (string step in published.Steps) writer.WriteStringValue(step);
            writer.WriteEndArray();
            writer.WriteString("stateHash"u8, published.StateHash.ToString());
        }

        if (!published.Effects.IsEmpty) EffectsJson.Write(writer, published.Effects);

        writer.WriteEndObject();
        return true;
    }

    internal static void Read(JsonElement json, PayloadWriter destination)
    {
        JsonElement lines = JsonFields.Of(json, "schema");
        if (lines.ValueKind != JsonValueKind.Array) throw new EventFormatException("\"schema\" is no array of lines", 0);
        string schema = string.Join('\n', lines.EnumerateArray().Select(
            line => Schema.JsonText.TextOf(line) ?? throw new EventFormatException("a line of \"schema\" is no text", 0)));
        ImmutableArray<string> steps = ReadSteps(json);
        destination.Raw(new ModulePublished
        {
            Version = JsonFields.Int32(json, "version"),
            Abi = JsonFields.Int32(json, "abi"),
            Code = CodeHash.Read(JsonFields.Hash(json, "code")),
            CodeBytes = JsonFields.Int64(json, "codeBytes"),
            ChunkCount = JsonFields.Int32(json, "chunks"),
            FuelSchedule = JsonFields.Int32(json, "fuelSchedule"),
            TimeUs = JsonFields.Timestamp(json, "time"),
            Publisher = Identity.Read(JsonFields.Hash(json, "publisher")),
            Schema = Encoding.UTF8.GetBytes(schema),
            Steps = steps,
            StateHash = steps.IsEmpty ? default : new StateHash(JsonFields.Hex128(json, "stateHash")),
            Effects = EffectsJson.Read(json),
        }.ToBytes());
    }

    private static ImmutableArray<string> ReadSteps(JsonElement json)
    {
        if (!json.TryGetProperty("steps"u8, out JsonElement steps)) return [];
        if (steps.ValueKind != JsonValueKind.Array || steps.GetArrayLength() == 0)
            throw new EventFormatException("\"steps\" is no array with something in it", 0);
        return [.. steps.EnumerateArray().Select(
            step => Schema.JsonText.TextOf(step) ?? throw new EventFormatException("a step of \"steps\" is no text", 0))];
    }
}
