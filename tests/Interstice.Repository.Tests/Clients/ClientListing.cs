using System.Text.RegularExpressions;
using Interstice.Repository.Tests.Determinism;

namespace Interstice.Repository.Tests.Clients;

/// <summary>The checked-in signatures of the official client, and what of it code uses.</summary>
internal sealed partial class ClientListing
{
    private const string Namespace = "EventStore.Client.";

    // The longest first: each is cut off the names of types.
    private static readonly string[] Namespaces =
        [Namespace, "System.Collections.Generic.", "System.Threading.Tasks.", "System.Text.Json.", "System.Threading.", "System.Net.", "System."];

    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["String"] = "string",
        ["Boolean"] = "bool",
        ["Int32"] = "int",
        ["Int64"] = "long",
        ["UInt32"] = "uint",
        ["UInt64"] = "ulong",
        ["Object"] = "object",
        ["Byte"] = "byte",
    };

    private readonly HashSet<string> _types = [];
    private readonly HashSet<string> _members = [];

    /// <summary>How many members it lists.</summary>
    internal int MemberCount => _members.Count;

    internal static ClientListing Read(string text)
    {
        var listing = new ClientListing();
        string type = "";
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] != ' ')
            {
                type = TypeLine().Match(line).Groups[1].Value;
                listing._types.Add(type);
            }
            else
            {
                foreach (string member in MembersOf(line.Trim())) listing._members.Add($"{type}::{member}");
            }
        }

        return listing;
    }

    /// <summary>The uses of the client in an assembly that the listing does not have.</summary>
    internal IEnumerable<string> Unlisted(IEnumerable<MemberUse> uses) =>
        uses.Where(IsOfClient).Where(use => !Has(use)).Select(Text).Distinct().Order(StringComparer.Ordinal);

    internal static bool IsOfClient(MemberUse use) => use.Type.StartsWith(Namespace, StringComparison.Ordinal);

    private bool Has(MemberUse use) =>
        _types.Contains(TypeName(use.Type)) && (use.Member.Length == 0 || _members.Contains(Text(use)) || _members.Contains(Text(use, isField: true)));

    // As the listing has it: a property's accessors under its name, a constructor as "ctor".
    private static string Text(MemberUse use) => Text(use, isField: false);

    private static string Text(MemberUse use, bool isField)
    {
        string type = TypeName(use.Type);
        string name = use.Member == ".ctor" ? "ctor" : use.Member;
        if (name.Length == 0) return type;
        if (name.StartsWith("get_", StringComparison.Ordinal)) return $"{type}::{name[4..]}";
        if (name.StartsWith("set_", StringComparison.Ordinal)) return $"{type}::{name[4..]} set";
        return isField && use.Parameters.Length == 0
            ? $"{type}::{name}"
            : $"{type}::{name}({string.Join(", ", use.Parameters.Select(TypeName))})";
    }

    private static string TypeName(string name)
    {
        string text = name.Replace('/', '.');
        foreach (string space in Namespaces) text = text.Replace(space, "", StringComparison.Ordinal);
        text = Nullables().Replace(Arity().Replace(text, "").Replace(",", ", ", StringComparison.Ordinal), "$1?");
        return Words().Replace(text, word => Keywords.GetValueOrDefault(word.Value, word.Value));
    }

    private static IEnumerable<string> MembersOf(string line)
    {
        if (Signature().Match(line) is { Success: true } signature)
        {
            string[] parameters = [.. Split(signature.Groups[2].Value).Select(parameter => Parameter().Match(parameter).Groups[1].Value)];
            yield return $"{signature.Groups[1].Value}({string.Join(", ", parameters)})";
        }
        else if (Property().Match(line) is { Success: true } property)
        {
            yield return property.Groups[1].Value;
            if (line.Contains("set;", StringComparison.Ordinal)) yield return property.Groups[1].Value + " set";
        }
        else
        {
            // Values of an enumeration, or a field, with or without its value.
            foreach (string part in line.Split(" = ")[0].Split(", "))
                yield return part.Split(' ')[^1];
        }
    }

    private static IEnumerable<string> Split(string parameters)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            depth += parameters[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (parameters[i] != ',' || depth > 0) continue;
            yield return parameters[start..i].Trim();
            start = i + 1;
        }

        if (parameters.Length > 0) yield return parameters[start..].Trim();
    }

    [GeneratedRegex(@"^(?:static |abstract )*(?:class|struct|enum|interface) ([\w.]+)")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"(\w+)\((.*)\)$")]
    private static partial Regex Signature();

    [GeneratedRegex(@"(\w+) \{ get;")]
    private static partial Regex Property();

    [GeneratedRegex(@"^(?:ref )?(.+?) \w+(?: = .*)?$")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"`\d")]
    private static partial Regex Arity();

    [GeneratedRegex(@"Nullable<((?:[^<>]|<[^<>]*>)+)>")]
    private static partial Regex Nullables();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();
}
