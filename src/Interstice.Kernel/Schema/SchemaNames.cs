namespace Interstice.Kernel.Schema;

/// <summary>The grammar of names (docs/abi.md).</summary>
internal static class SchemaNames
{
    private const string Plain = "a lower-case letter, then lower-case letters, digits and _, at most 63 in all";
    private const string Typed = "a letter, then letters, digits and _, at most 63 in all";

    /// <summary>Names of modules, tables, columns, indexes, reducers, queries, events and parameters.</summary>
    internal static string Check(string name, string what, string subject, int line, bool isHost)
    {
        string rest = isHost && name.StartsWith('_') ? name[1..] : name;
        if (name.StartsWith('_') && !isHost)
        {
            throw new SchemaException(SchemaErrorKind.ReservedName, subject, line,
                $"{subject}: {what} \"{name}\": names that begin with _ belong to the host");
        }

        return IsPlain(rest) && name.Length <= SchemaLimits.NameLengthMax ? name
            : throw Invalid(name, what, subject, line, Plain);
    }

    /// <summary>Names of types, fields and variants.</summary>
    internal static string CheckTyped(string name, string what, string subject, int line) =>
        IsTyped(name) ? name : throw Invalid(name, what, subject, line, Typed);

    internal static bool IsPlain(string name) => name.Length is > 0 and <= SchemaLimits.NameLengthMax
        && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>Takes apart what refers to a part of a module: <c>bank.accounts</c>.</summary>
    internal static bool TrySplit(string reference, out string module, out string name)
    {
        (module, name) = ("", "");
        if (reference.Split('.') is not [var first, var second]) return false;
        (module, name) = (first, second);
        return IsPlain(module) && IsPlain(name);
    }

    private static bool IsTyped(string name) => name.Length is > 0 and <= SchemaLimits.NameLengthMax
        && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static SchemaException Invalid(string name, string what, string subject, int line, string grammar) => new(
        SchemaErrorKind.InvalidName, subject, line, $"{subject}: {what} \"{name}\" is no name; a name is {grammar}");
}
