using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;

namespace Interstice.Kernel.Schema;

/// <summary>Reads the declaration lines of a module and checks them against each other (docs/abi.md).</summary>
/// <remarks>Types come first, since everything else uses them; the order of lines carries no meaning.</remarks>
internal sealed partial class SchemaParser
{
    private static readonly string[] Kinds =
        ["module", "type", "table", "reducer", "query", "event", "subscription", "migration"];

    private readonly bool _isHost;
    private readonly TypeScope _scope = new();
    private readonly List<DeclarationReader> _declarations = [];
    private readonly Dictionary<string, string> _names = [];

    private SchemaParser(SchemaSource source) => _isHost = source == SchemaSource.Host;

    internal string Name { get; private set; } = "";

    internal string Version { get; private set; } = "";

    internal int Abi { get; private set; }

    internal ImmutableArray<ExtraKey> Extra { get; private set; } = [];

    internal ImmutableArray<NamedType> Types { get; private set; } = [];

    internal ImmutableArray<TableSchema> Tables { get; private set; } = [];

    internal ImmutableArray<ReducerSchema> Reducers { get; private set; } = [];

    internal ImmutableArray<QuerySchema> Queries { get; private set; } = [];

    internal ImmutableArray<EventSchema> Events { get; private set; } = [];

    internal ImmutableArray<SubscriptionSchema> Subscriptions { get; private set; } = [];

    internal ImmutableArray<MigrationSchema> Migrations { get; private set; } = [];

    internal static SchemaParser Parse(ReadOnlySpan<byte> utf8Lines, SchemaSource source)
    {
        var parser = new SchemaParser(source);
        parser.ReadLines(utf8Lines);
        parser.ReadModule();
        parser.ReadTypes();
        parser.Tables = [.. parser.ReadAll("table").Select(parser.ReadTable)];
        IEnumerable<ReducerSchema> reducers = parser.ReadAll("reducer").Select(parser.ReadReducer);
        parser.Reducers = [.. reducers.OrderBy(reducer => reducer.Name, StringComparer.Ordinal)];
        IEnumerable<QuerySchema> queries = parser.ReadAll("query").Select(parser.ReadQuery);
        parser.Queries = [.. queries.OrderBy(query => query.Name, StringComparer.Ordinal)];
        parser.ReadEvents();
        parser._scope.CheckMapKeys();
        parser.CheckLifecycles();
        parser.ReadSubscriptions();
        parser.ReadMigrations();
        return parser;
    }

    private IEnumerable<DeclarationReader> ReadAll(string kind) =>
        _declarations.Where(declaration => declaration.Kind == kind);

    private void ReadLines(ReadOnlySpan<byte> utf8Lines)
    {
        for (int line = 1; !utf8Lines.IsEmpty; line++)
        {
            int end = utf8Lines.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = end < 0 ? utf8Lines : utf8Lines[..end];
            utf8Lines = end < 0 ? [] : utf8Lines[(end + 1)..];
            if (text.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r')) ReadLine(text, line);
        }
    }

    private void ReadLine(ReadOnlySpan<byte> text, int line)
    {
        SchemaException Error(SchemaErrorKind kind, string message) =>
            new(kind, "schema", line, $"schema line {line}: {message}");
        if (!Utf8.IsValid(text)) throw Error(SchemaErrorKind.InvalidUtf8, "not UTF-8");
        JsonElement json;
        try
        {
            json = JsonElement.Parse(text);
        }
        catch (JsonException exception)
        {
            int end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string reason = end < 0 ? exception.Message : exception.Message[..end];
            throw Error(SchemaErrorKind.InvalidJson, $"not JSON at byte {exception.BytePositionInLine}: {reason}");
        }

        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() != 1)
        {
            throw Error(SchemaErrorKind.InvalidDeclaration,
                $"expected an object with one key, the kind of declaration, found {JsonText.Describe(json)}");
        }

        JsonElement.ObjectEnumerator properties = json.EnumerateObject();
        properties.MoveNext();
        JsonProperty declaration = properties.Current;
        string kind = JsonText.NameOf(declaration) ?? "";
        if (!Kinds.Contains(kind))
        {
            throw Error(SchemaErrorKind.UnknownDeclaration, $"unknown declaration \"{kind}\"; "
                + $"known are {string.Join(", ", Kinds)}{NearestName.Suggest(kind, Kinds)}");
        }

        if (_declarations.Count == SchemaLimits.DeclarationsMax)
        {
            throw Error(SchemaErrorKind.TooManyDeclarations,
                $"a module has at most {SchemaLimits.DeclarationsMax} declarations");
        }

        _declarations.Add(new DeclarationReader(declaration.Value, kind, line, kind));
    }

    private void ReadModule()
    {
        DeclarationReader[] modules = [.. ReadAll("module")];
        if (modules.Length == 0)
        {
            throw new SchemaException(SchemaErrorKind.NoModule, "schema", 0,
                "the schema has no module declaration; add {\"module\":{\"name\":...,\"version\":...,\"abi\":1}}");
        }

        DeclarationReader reader = modules[0];
        Name = ReadName(reader, "module");
        if (modules.Length > 1)
        {
            throw modules[1].Error(SchemaErrorKind.SeveralModules, $"the schema has {modules.Length} module "
                + $"declarations, on lines {reader.Line} and {modules[1].Line}; a binary is one module");
        }

        Abi = reader.FindNumber("abi") ?? throw reader.Missing("abi", $"{SchemaLimits.Abi}");
        if (Abi != SchemaLimits.Abi)
        {
            throw reader.Error(SchemaErrorKind.UnknownAbi,
                $"{reader.Subject}: module needs ABI {Abi}; this host speaks ABI {SchemaLimits.Abi}");
        }

        Version = ReadVersion(reader, "version");
        Extra = reader.Rest();
    }

    private static string ReadVersion(DeclarationReader reader, string key)
    {
        string version = reader.ReadText(key);
        if (SemanticVersion.IsValid(version)) return version;
        throw reader.Error(SchemaErrorKind.InvalidVersion,
            $"{reader.Subject}: {key} \"{version}\" is no semantic version, as 1.0.0");
    }

    /// <summary>Reads the name of a declaration and puts it into the subject of its messages.</summary>
    private string ReadName(DeclarationReader reader, string kind)
    {
        string name = reader.ReadText("name");
        SchemaNames.Check(name, "name", kind, reader.Line, _isHost && kind != "module");
        reader.Subject = $"{kind} \"{name}\"";
        return name;
    }

    /// <summary>Reads the name of a declaration that shares a space with others.</summary>
    private string ReadName(DeclarationReader reader, string kind, string space)
    {
        string name = ReadName(reader, kind);
        if (_names.TryAdd($"{space}/{name}", kind)) return name;
        string other = _names[$"{space}/{name}"];
        throw reader.Error(SchemaErrorKind.DuplicateName, other == kind
            ? $"{reader.Subject} is declared twice; remove or rename one"
            : $"{reader.Subject}: {other} \"{name}\" has this name too; {space} share one space of names, rename one");
    }
}
