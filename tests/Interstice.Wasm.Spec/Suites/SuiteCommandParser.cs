using System.Text.Json;

namespace Interstice.Wasm.Spec.Suites;

/// <summary>Reads commands from wast2json's JSON.</summary>
internal static class SuiteCommandParser
{
    public static SuiteCommand Parse(JsonElement command)
    {
        string kind = Text(command, "type");
        int line = command.GetProperty("line").GetInt32();
        return kind switch
        {
            "module" => new SuiteCommand.Module(line, kind, OptionalText(command, "name"), Module(command)),
            "register" =>
                new SuiteCommand.Register(line, kind, OptionalText(command, "name"), Text(command, "as")),
            "action" => new SuiteCommand.Act(line, kind, Action(command)),
            "assert_return" =>
                new SuiteCommand.Return(line, kind, Action(command), Values(command, "expected")),
            "assert_trap" or "assert_exhaustion" =>
                new SuiteCommand.Trap(line, kind, Action(command), Text(command, "text")),
            "assert_malformed" or "assert_invalid" or "assert_unlinkable" or "assert_uninstantiable" =>
                new SuiteCommand.Refusal(line, kind, Module(command), Text(command, "text")),
            _ => new SuiteCommand.Unknown(line, kind),
        };
    }

    private static SuiteModule Module(JsonElement command) =>
        new(Text(command, "filename"), OptionalText(command, "module_type") == "text");

    private static SuiteAction Action(JsonElement command)
    {
        JsonElement action = command.GetProperty("action");
        string kind = Text(action, "type");
        bool isGet = kind switch
        {
            "get" => true,
            "invoke" => false,
            _ => throw new FormatException($"an action is \"get\" or \"invoke\", not \"{kind}\""),
        };
        return new SuiteAction(
            isGet, OptionalText(action, "module"), Text(action, "field"), isGet ? [] : Values(action, "args"));
    }

    private static SuiteValue[] Values(JsonElement parent, string name) =>
        [.. parent.GetProperty(name).EnumerateArray().Select(v => new SuiteValue(Text(v, "type"), ValueText(v)))];

    /// <summary>The lanes of a vector are joined, since no such value is ever read.</summary>
    private static string? ValueText(JsonElement value) => value.TryGetProperty("value", out JsonElement text)
        ? text.ValueKind == JsonValueKind.String ? text.GetString() : text.GetRawText()
        : null;

    private static string Text(JsonElement parent, string name) =>
        parent.GetProperty(name).GetString() ?? throw new FormatException($"\"{name}\" is null");

    private static string? OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
