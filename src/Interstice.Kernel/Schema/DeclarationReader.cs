using System.Collections.Immutable;
using System.Text.Json;

namespace Interstice.Kernel.Schema;

/// <summary>Reads the keys of one JSON object of a declaration, remembers which were asked for and keeps the rest.</summary>
internal sealed class DeclarationReader
{
    private readonly Dictionary<string, JsonElement> _keys = [];
    private readonly HashSet<string> _read = [];

    internal DeclarationReader(JsonElement json, string subject, int line)
    {
        Subject = subject;
        Line = line;
        if (json.ValueKind != JsonValueKind.Object)
            throw Error(SchemaErrorKind.InvalidDeclaration, $"{subject}: expected an object, found {JsonText.Describe(json)}");
        foreach (JsonProperty property in json.EnumerateObject())
        {
            string name = JsonText.NameOf(property) ?? throw Error(
                SchemaErrorKind.InvalidKey, $"{subject}: a key holds an unpaired surrogate");
            if (!_keys.TryAdd(name, property.Value))
                throw Error(SchemaErrorKind.DuplicateKey, $"{subject}: key \"{name}\" stands twice");
        }
    }

    /// <summary>What is declared, as the beginning of a message: <c>table "accounts"</c>.</summary>
    internal string Subject { get; set; }

    internal int Line { get; }

    internal bool Has(string key) => _keys.ContainsKey(key);

    internal JsonElement? Find(string key)
    {
        _read.Add(key);
        return _keys.TryGetValue(key, out JsonElement value) ? value : null;
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
    internal List<JsonElement> ReadItems(string key, int countMin, int countMax, string what)
    {
        List<JsonElement> items = [];
        JsonElement? found = Find(key);
        if (found is null && countMin > 0) throw Missing(key, "a list");
        if (found is { ValueKind: not JsonValueKind.Array } wrong) throw Wrong(key, "a list", wrong);
        if (found is { } json) items.AddRange(json.EnumerateArray());
        if (items.Count >= countMin && items.Count <= countMax) return items;
        throw Error(SchemaErrorKind.WrongNumber,
            $"{Subject} has {items.Count} {what}; {countMin} to {countMax} are allowed");
    }

    /// <summary>The items of a list of strings.</summary>
    internal List<string> ReadTexts(string key, int countMin, int countMax, string what) =>
        [.. ReadItems(key, countMin, countMax, what).Select(item => JsonText.TextOf(item) ?? throw Wrong(key, "strings", item))];

    /// <summary>The keys that were not asked for, in ordinal order of their names.</summary>
    internal ImmutableArray<ExtraKey> Rest() =>
    [
        .. _keys.Where(pair => !_read.Contains(pair.Key))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new ExtraKey(pair.Key, JsonText.Compact(pair.Value))),
    ];

    internal SchemaException Error(SchemaErrorKind kind, string message) => new(kind, Subject, Line, message);

    internal SchemaException Missing(string key, string what) =>
        Error(SchemaErrorKind.MissingKey, $"{Subject} has no key \"{key}\"; add it with {what}");

    internal SchemaException Wrong(string key, string expected, JsonElement found) => Error(
        SchemaErrorKind.InvalidKey, $"{Subject}: key \"{key}\": expected {expected}, found {JsonText.Describe(found)}");
}
