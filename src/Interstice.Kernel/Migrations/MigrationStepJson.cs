using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>Steps as JSON: an object with one key, the name of the step, and in it an object of texts.</summary>
internal static class MigrationStepJson
{
    private static readonly string[] Names =
    [
        "renameTable", "dropTable", "renameColumn", "dropColumn", "addColumn", "changeColumn", "changeKey",
        "createTable", "changeKind", "reorderColumns", "changeCounter", "createIndex", "dropIndex", "migration", "runReducer",
    ];

    internal static MigrationStep Parse(string json)
    {
        JsonElement element;
        try
        {
            element = JsonElement.Parse(json);
        }
        catch (JsonException fault)
        {
            throw Malformed(json, $"it is no JSON ({fault.Message})");
        }

        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() != 1)
            throw Malformed(json, "expected an object with one key, the name of the step");
        JsonElement.ObjectEnumerator only = element.EnumerateObject();
        only.MoveNext();
        string name = JsonText.NameOf(only.Current) ?? "";
        if (!Names.Contains(name))
            throw Malformed(json, $"there is no step \"{name}\"; steps are {string.Join(", ", Names[..7])}{NearestName.Suggest(name, Names)}");
        if (only.Current.Value.ValueKind != JsonValueKind.Object) throw Malformed(json, $"expected an object under \"{name}\"");
        var keys = new Keys(json, only.Current.Value);
        MigrationStep step = Read(name, keys);
        keys.ExpectAllUsed(name);
        return step;
    }

    internal static string Write(MigrationStep step)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonText.Canonical))
        {
            json.WriteStartObject();
            json.WriteStartObject(NameOf(step));
            if (step is MigrationStep.OfTable of) json.WriteString("table", of.Table);
            foreach ((string key, string? text) in Rest(step))
            {
                if (text is null) continue;
                json.WritePropertyName(key);
                if (key == "ifNull") json.WriteRawValue(text);
                else json.WriteStringValue(text);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string NameOf(MigrationStep step)
    {
        string type = step.GetType().Name;
        return char.ToLowerInvariant(type[0]) + type[1..];
    }

    private static MigrationStep Read(string name, Keys keys) => name switch
    {
        "migration" => new MigrationStep.Migration(keys.Text("from"), keys.Text("to")),
        "runReducer" => new MigrationStep.RunReducer(keys.Text("reducer"), keys.Find("reads"), keys.Text("writes"), keys.Find("drops")),
        "createTable" => new MigrationStep.CreateTable(keys.Text("table")),
        "dropTable" => new MigrationStep.DropTable(keys.Text("table")),
        "renameTable" => new MigrationStep.RenameTable(keys.Text("table"), keys.Name("to")),
        "changeKind" => new MigrationStep.ChangeKind(keys.Text("table")),
        "addColumn" => new MigrationStep.AddColumn(
            keys.Text("table"), keys.Name("column"), keys.Find("type"), keys.Find("value"), keys.FindJson("ifNull")),
        "dropColumn" => new MigrationStep.DropColumn(keys.Text("table"), keys.Text("column")),
        "renameColumn" => new MigrationStep.RenameColumn(keys.Text("table"), keys.Text("column"), keys.Name("to")),
        "changeColumn" => new MigrationStep.ChangeColumn(
            keys.Text("table"), keys.Text("column"), keys.Find("type"), keys.Find("value"), keys.FindJson("ifNull")),
        "reorderColumns" => new MigrationStep.ReorderColumns(keys.Text("table")),
        "changeKey" => new MigrationStep.ChangeKey(keys.Text("table")),
        "changeCounter" => new MigrationStep.ChangeCounter(keys.Text("table")),
        "createIndex" => new MigrationStep.CreateIndex(keys.Text("table"), keys.Text("index")),
        _ => new MigrationStep.DropIndex(keys.Text("table"), keys.Text("index")),
    };

    private static IEnumerable<(string Key, string? Text)> Rest(MigrationStep step) => step switch
    {
        MigrationStep.Migration m => [("from", m.From), ("to", m.To)],
        MigrationStep.RunReducer r => [("reducer", r.Reducer), ("reads", r.Reads), ("writes", r.Writes), ("drops", r.Drops)],
        MigrationStep.RenameTable s => [("to", s.To)],
        MigrationStep.AddColumn s => [("column", s.Column), ("type", s.Type), ("value", s.Value), ("ifNull", s.IfNull)],
        MigrationStep.DropColumn s => [("column", s.Column)],
        MigrationStep.RenameColumn s => [("column", s.Column), ("to", s.To)],
        MigrationStep.ChangeColumn s => [("column", s.Column), ("type", s.Type), ("value", s.Value), ("ifNull", s.IfNull)],
        MigrationStep.CreateIndex s => [("index", s.Index)],
        MigrationStep.DropIndex s => [("index", s.Index)],
        _ => [],
    };

    private static MigrationException Malformed(string json, string problem) =>
        new(MigrationErrorKind.MalformedStep, $"migration step {json}: {problem}");

    // The keys of one step; each may be asked for once, and none may be left over.
    private sealed class Keys(string json, JsonElement step)
    {
        private readonly List<string> _asked = [];

        internal string Text(string key) => Find(key) ?? throw Malformed(json, $"\"{key}\" is missing");

        internal string Name(string key)
        {
            string name = Text(key);
            try
            {
                SchemaNames.Check(name, key, $"migration step {json}", 0, isHost: false);
                return name;
            }
            catch (SchemaException fault)
            {
                throw new MigrationException(MigrationErrorKind.MalformedStep, fault.Message, fault);
            }
        }

        internal string? Find(string key)
        {
            if (Value(key) is not { } value) return null;
            return JsonText.TextOf(value) ?? throw Malformed(json, $"\"{key}\" is {JsonText.Describe(value)}; expected text");
        }

        internal string? FindJson(string key) => Value(key) is { } value ? JsonText.Compact(value) : null;

        internal void ExpectAllUsed(string name)
        {
            foreach (JsonProperty property in step.EnumerateObject())
            {
                string key = JsonText.NameOf(property) ?? "";
                if (!_asked.Contains(key))
                    throw Malformed(json, $"{name} has no key \"{key}\"{NearestName.Suggest(key, _asked)}; it takes {string.Join(", ", _asked)}");
            }
        }

        private JsonElement? Value(string key)
        {
            _asked.Add(key);
            JsonElement? found = null;
            foreach (JsonProperty property in step.EnumerateObject())
            {
                if (!JsonText.IsNamed(property, key)) continue;
                if (found is not null) throw Malformed(json, $"\"{key}\" stands twice");
                found = property.Value;
            }

            return found;
        }
    }
}
