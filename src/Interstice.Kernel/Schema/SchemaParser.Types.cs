using System.Collections.Immutable;
using System.Text.Json;

namespace Interstice.Kernel.Schema;

/// <content>Declared types.</content>
internal sealed partial class SchemaParser
{
    private static readonly string[] TypeForms = ["struct", "enum", "alias"];

    private void ReadTypes()
    {
        var declared = new Dictionary<string, DeclarationReader>();
        var types = new List<NamedType>();
        foreach (DeclarationReader reader in ReadAll("type"))
        {
            types.Add(DeclareType(reader));
            declared.Add(types[^1].Name, reader);
        }

        foreach (NamedType type in types) ReadBody(type, declared[type.Name]);
        var sealer = new TypeSealer(declared);
        foreach (NamedType type in types) sealer.Seal(type);
        _scope.CheckMapKeys();
        Types = [.. types.OrderBy(type => type.Name, StringComparer.Ordinal)];
    }

    private NamedType DeclareType(DeclarationReader reader)
    {
        string name = SchemaNames.CheckTyped(reader.ReadText("name"), "name", "type", reader.Line);
        reader.Subject = $"type \"{name}\"";
        if (TypeScope.IsBuiltIn(name))
        {
            throw reader.Error(SchemaErrorKind.ReservedName,
                $"{reader.Subject}: {name} is a built-in type; choose another name");
        }

        string[] forms = [.. TypeForms.Where(reader.Has)];
        NamedType type = forms switch
        {
            ["struct"] => new StructType(name),
            ["enum"] => new EnumType(name),
            ["alias"] => new AliasType(name),
            [] => throw reader.Error(
                SchemaErrorKind.MissingKey, $"{reader.Subject} has none of the keys struct, enum and alias"),
            _ => throw reader.Error(
                SchemaErrorKind.InvalidKey, $"{reader.Subject} has both {forms[0]} and {forms[1]}; keep one"),
        };
        if (_scope.TryDeclare(type)) return type;
        throw reader.Error(SchemaErrorKind.DuplicateName, $"{reader.Subject} is declared twice; remove or rename one");
    }

    private void ReadBody(NamedType type, DeclarationReader reader)
    {
        switch (type)
        {
            case StructType fields:
                JsonElement[] items = reader.ReadItems("struct", 1, SchemaLimits.FieldsMax, "fields");
                fields.Fields = [.. ReadNamed(reader, items, "field", isTyped: true, ReadField)];
                break;
            case EnumType variants:
                JsonElement[] options = reader.ReadItems("enum", 1, SchemaLimits.VariantsMax, "variants");
                variants.Variants = [.. ReadNamed(reader, options, "variant", isTyped: true, ReadVariant)];
                break;
            case AliasType alias:
                alias.Target = ReadType(reader, "alias");
                break;
        }

        type.Extra = reader.Rest();
    }

    private FieldSchema ReadField(DeclarationReader reader, string name)
    {
        DataType type = ReadType(reader, "type");
        return new FieldSchema(name, type) { Extra = reader.Rest() };
    }

    private VariantSchema ReadVariant(DeclarationReader reader, string name)
    {
        DataType? payload = reader.Has("type") ? ReadType(reader, "type") : null;
        return new VariantSchema(name, payload) { Extra = reader.Rest() };
    }

    private DataType ReadType(DeclarationReader reader, string key) =>
        _scope.Parse(reader.ReadText(key), reader.Subject, reader.Line);

    /// <summary>Reads the items of a list, each an object with a name of its own.</summary>
    private List<T> ReadNamed<T>(
        DeclarationReader owner, JsonElement[] items, string kind, bool isTyped,
        Func<DeclarationReader, string, T> read)
    {
        var names = new HashSet<string>();
        var results = new List<T>(items.Length);
        foreach (JsonElement item in items)
        {
            var reader = new DeclarationReader(item, $"{owner.Subject} {kind} {results.Count + 1}", owner.Line);
            string name = reader.ReadText("name");
            if (isTyped) SchemaNames.CheckTyped(name, $"{kind}", owner.Subject, owner.Line);
            else SchemaNames.Check(name, $"{kind}", owner.Subject, owner.Line, _isHost);
            if (!names.Add(name))
            {
                throw owner.Error(SchemaErrorKind.DuplicateName,
                    $"{owner.Subject} has two {kind}s named \"{name}\"; rename one");
            }

            reader.Subject = $"{owner.Subject} {kind} \"{name}\"";
            results.Add(read(reader, name));
        }

        return results;
    }
}
