namespace Interstice.Kernel.Schema;

/// <summary>The names that types may use while one schema is parsed, and the reader of type expressions.</summary>
internal sealed class TypeScope
{
    private static readonly string[] Generics = ["option", "list", "map"];
    private readonly Dictionary<string, NamedType> _declared = [];
    private readonly List<MapUse> _maps = [];

    internal IEnumerable<string> AllNames => ScalarType.AllNames.Concat(Generics).Concat(_declared.Keys);

    internal static bool IsBuiltIn(string name) => ScalarType.Find(name) is not null || Generics.Contains(name);

    internal NamedType? Find(string name) => _declared.GetValueOrDefault(name);

    internal bool TryDeclare(NamedType type) => _declared.TryAdd(type.Name, type);

    /// <summary>Reads a type.</summary>
    /// <param name="text">The type.</param>
    /// <param name="subject">What has this type, as the beginning of a message.</param>
    /// <param name="line">Line of the declaration.</param>
    internal DataType Parse(string text, string subject, int line)
    {
        var reader = new ExpressionReader(this, text, subject, line);
        return reader.ReadAll();
    }

    /// <summary>Checks the keys of all maps met so far; possible only once all declared types are complete.</summary>
    internal void CheckMapKeys()
    {
        foreach (MapUse use in _maps)
        {
            if (use.Map.Key.IsKey) continue;
            throw new SchemaException(SchemaErrorKind.InvalidMapKey, use.Subject, use.Line,
                $"{use.Subject}: {use.Map} has keys of type {use.Map.Key}, which is no key type; "
                + "use bool, an integer, string, bytes, uuid, timestamp, duration, identity, an enum without payloads "
                + "or an option of these");
        }

        _maps.Clear();
    }

    private sealed record MapUse(MapType Map, string Subject, int Line);

    private ref struct ExpressionReader(TypeScope scope, string text, string subject, int line)
    {
        private int _position;

        internal DataType ReadAll()
        {
            if (text.AsSpan().ContainsAny(" \t\r\n")) throw Invalid("no spaces are allowed inside a type");
            DataType type = Read(0);
            if (_position < text.Length) throw Invalid($"\"{text[_position..]}\" follows a complete type");
            return type;
        }

        private DataType Read(int depth)
        {
            if (depth > SchemaLimits.TypeDepthMax)
                throw Invalid($"types stand inside each other at most {SchemaLimits.TypeDepthMax} deep");
            int start = _position;
            while (_position < text.Length && text[_position] is not ('<' or '>' or ',')) _position++;
            string name = text[start.._position];
            if (name.Length == 0) throw Invalid("a type is missing");
            bool isGeneric = _position < text.Length && text[_position] == '<';
            return isGeneric ? ReadGeneric(name, depth) : ReadName(name);
        }

        private readonly DataType ReadName(string name)
        {
            DataType? type = ScalarType.Find(name);
            type ??= scope.Find(name);
            if (type is not null) return type;
            if (name == "map") throw Invalid("map needs two types, as map<string,u64>");
            if (Generics.Contains(name)) throw Invalid($"{name} needs a type, as {name}<u64>");
            throw new SchemaException(SchemaErrorKind.UnknownType, subject, line,
                $"{subject}: unknown type \"{name}\"{NearestName.Suggest(name, scope.AllNames)}");
        }

        private DataType ReadGeneric(string name, int depth)
        {
            if (!Generics.Contains(name))
            {
                if (ScalarType.Find(name) is not null || scope.Find(name) is not null)
                    throw Invalid($"{name} takes no types in angle brackets");
                throw new SchemaException(SchemaErrorKind.UnknownType, subject, line,
                    $"{subject}: unknown type \"{name}\"{NearestName.Suggest(name, Generics)}");
            }

            _position++;
            DataType first = Read(depth + 1);
            if (name != "map")
            {
                Expect('>', name);
                return name == "option" ? new OptionType(first) : new ListType(first);
            }

            Expect(',', name);
            var map = new MapType(first, Read(depth + 1));
            Expect('>', name);
            scope._maps.Add(new MapUse(map, subject, line));
            return map;
        }

        private void Expect(char wanted, string name)
        {
            if (_position < text.Length && text[_position] == wanted)
            {
                _position++;
                return;
            }

            string types = name == "map" ? "two types" : "one type";
            string found = _position < text.Length ? $"'{text[_position]}'" : "the end";
            throw Invalid($"{name} takes {types}; expected '{wanted}', found {found}");
        }

        private readonly SchemaException Invalid(string problem) => new(
            SchemaErrorKind.InvalidType, subject, line, $"{subject}: type \"{text}\": {problem}");
    }
}
