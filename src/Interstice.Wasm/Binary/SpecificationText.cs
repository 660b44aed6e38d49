using System.Text;

namespace Interstice.Wasm.Binary;

/// <summary>Spells types and instructions as the specification's text format does.</summary>
internal static class SpecificationText
{
    private static readonly string[] Groups =
        ["I32", "I64", "F32", "F64", "Local", "Global", "Table", "Memory", "Ref", "Data", "Elem"];

    /// <summary>The name of a value type, <c>i32</c> for example.</summary>
    public static string Text(this ValueKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The name of an instruction, <c>i64.load8_s</c> for example.</summary>
    public static string Text(this Opcode opcode)
    {
        string name = opcode.ToString();
        string? group = Groups.FirstOrDefault(group => name.StartsWith(group, StringComparison.Ordinal));
        if (opcode == Opcode.SelectTyped) return "select";
        string rest = name[(group?.Length ?? 0)..];
        string text = Underscored(rest);
        return group is null ? text : $"{group.ToLowerInvariant()}.{text}";
    }

    private static string Underscored(string pascal)
    {
        var text = new StringBuilder();
        for (int i = 0; i < pascal.Length; i++)
        {
            bool startsWord = char.IsAsciiLetterUpper(pascal[i]);
            if (startsWord && i > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(pascal[i]));
        }

        return text.ToString();
    }
}
