using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <summary>Sentences for names that do not exist.</summary>
public static class UnknownName
{
    /// <summary>Says what is unknown, with the nearest known name or the list of all.</summary>
    /// <param name="what">Beginning of the sentence, such as <c>module bank has no reducer</c>.</param>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string Describe(string what, string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        string[] names = [.. known.Order(StringComparer.Ordinal)];
        string sentence = $"{what} \"{name}\"";
        if (names.Length == 0) return sentence + "; there are none";
        return NearestName.Find(name, names) is { } nearest
            ? $"{sentence}; did you mean \"{nearest}\"?"
            : $"{sentence}; there are: {string.Join(", ", names.Take(20))}";
    }
}
