using System.Collections.Immutable;
using System.Text.Json;

namespace Interstice.Kernel.Schema;

/// <summary>Reads the keys of one JSON object of a declaration, remembers which were asked for and keeps the
/// rest.</summary>
/// <remarks>Here and in the parser lists hold objects rather than tuples and JSON elements: generic code over foreign
/// value types cannot be compiled ahead of time, which would cost a start of the program more than all the
/// parsing.</remarks>
internal sealed class DeclarationReader
{
    private readonly List<Key> _keys = [];

    internal DeclarationReader(JsonElement json, string subject, int line, string kind = "")
    {
        Subject = subject;
        Line = line;
        Kind = kind;
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Error(SchemaErrorKind.InvalidDeclaration,
                $"{subject}: expected an object, found {JsonText.Describe(json)}");
        }

        foreach (JsonProperty property in json.EnumerateObject())
        {
            string name = JsonText.NameOf(property) ?? throw Error(
                SchemaErrorKind.InvalidKey, $"{subject}: a key holds an unpaired surrogate");
            if (Has(name)) throw Error(SchemaErrorKind.DuplicateKey, $"{subject}: key \"{name}\" stands twice");
            if (_keys.Count == SchemaLimits.KeysMax)
                throw Error(SchemaErrorKind.InvalidDeclaration, $"{subject} has more than {SchemaLimits.KeysMax} keys");
            _keys.Add(new Key(name, property.Value));
        }
    }

    /// <summary>What is declared, as the beginning of a message: <c>table "accounts"</c>.</summary>
    internal string Subject { get; set; }

    /// <summary>The kind of declaration; empty for a part of one.</summary>
    internal string Kind { get; }

    internal int Line { get; }

    internal bool Has(string name)
    {
        foreach (Key key in _keys)
            if (key.Name == name) return true;
        return false;
    }

    internal JsonElement? Find(string name)
    {
        foreach (Key key in _keys)
        {
            if (key.Name != name) continue;
            key.IsRead = true;
            return key.Json;
        }

        return null;
    }

    internal string ReadText(string key) => FindText(key) ?? throw Missing(key, "a string");

    internal string? FindText(string key)
    {
        if (Find(key) is not { } json) return null;
        return JsonText.TextOf(json) ?? throw Wrong(key, "a string", json);
    }

    internal bool ReadFlag(string key) => Find(key) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } json => throw Wrong(key, "true or false", json),
    };

    internal int? FindNumber(string key)
    {
        if (Find(key) is not { } json) return null;
        if (json.ValueKind != JsonValueKind.Number || !json.TryGetInt32(out int number))
            throw Wrong(key, "a whole number", json);
        return number;
    }

    /// <summary>One of a few words; the number of the word, or null when the key is missing.</summary>
    internal int? FindWord(string key, params string[] words)
    {
        if (FindText(key) is not { } text) return null;
        int index = Array.IndexOf(words, text);
        if (index >= 0) return index;
        throw Error(SchemaErrorKind.InvalidKey, $"{Subject}: {key} is \"{text}\"; expected "
            + $"{string.Join(", ", words[..^1])} or {words[^1]}{NearestName.Suggest(text, words)}");
    }

    /// <summary>The items of a list; none when the key is missing.</summary>
    internal JsonElement[] ReadItems(string key, int countMin, int countMax, string what)
    {
        JsonElement? found = Find(key);
        if (found is null && countMin > 0) throw Missing(key, "a list");
        if (found is not { } json) return [];
        if (json.ValueKind != JsonValueKind.Array) throw Wrong(key, "a list", json);
        int count = json.GetArrayLength();
        if (count < countMin || count > countMax)
        {
            throw Error(SchemaErrorKind.WrongNumber,
                $"{Subject} has {count} {what}; {countMin} to {countMax} are allowed");
        }

        var items = new JsonElement[count];
        int index = 0;
        foreach (JsonElement item in json.EnumerateArray()) items[index++] = item;
        return items;
    }

    /// <summary>The items of a list of strings.</summary>
    internal string[] ReadTexts(string key, int countMin, int countMax, string what)
    {
        JsonElement[] items = ReadItems(key, countMin, countMax, what);
        var texts = new string[items.Length];
        for (int i = 0; i < items.Length; i++)
            texts[i] = JsonText.TextOf(items[i]) ?? throw Wrong(key, "strings", items[i]);
        return texts;
    }

    /// <summary>The keys that were not asked for, in ordinal order of their names.</summary>
    internal ImmutableArray<ExtraKey> Rest()
    {
        var rest = new List<ExtraKey>();
        foreach (Key key in _keys)
            if (!key.IsRead) rest.Add(new ExtraKey(key.Name, JsonText.Compact(key.Json)));
        rest.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return [.. rest];
    }

    internal SchemaException Error(SchemaErrorKind kind, string message) => new(kind, Subject, Line, message);

    internal SchemaException Missing(string key, string what) =>
        Error(SchemaErrorKind.MissingKey, $"{Subject} has no key \"{key}\"; add it with {what}");

    internal SchemaException Wrong(string key, string expected, JsonElement found) => Error(
        SchemaErrorKind.InvalidKey, $"{Subject}: key \"{key}\": expected {expected}, found {JsonText.Describe(found)}");

    private sealed class Key(string name, JsonElement json)
    {
        internal string Name => name;

        internal JsonElement Json => json;

        internal bool IsRead { get; set; }
    }
}
