namespace Interstice.Wasm.Spec.Running;

/// <summary>Compares messages of the engine with the words that the suite expects.</summary>
/// <remarks>As the specification's interpreter does it: the message has to begin with the words. Where versions of the
/// suite have different words for one finding, any of them will do: the engine uses those of one version.</remarks>
internal static class SuiteWords
{
    private static readonly string[][] Synonyms =
    [
        // A list, section or string that announces more than there is: which words come first has changed twice.
        ["unexpected end", "unexpected end of section or function", "length out of bounds", "section size mismatch"],
        ["unexpected content after last section", "junk after last section", "multiple start sections"],
        ["integer too large", "integer representation too long", "malformed limits flags"],
        ["zero byte expected", "zero flag expected"],
        ["malformed mutability", "invalid mutability"],
        ["malformed value type", "malformed reference type", "malformed type form", "invalid value type",
            "integer representation too long"],
        ["malformed elements segment kind", "invalid elements segment kind", "invalid value type"],
        ["unknown data segment", "unknown memory"],
        ["global is immutable", "immutable global"],
        ["indirect call type mismatch", "indirect call signature mismatch"],
    ];

    /// <summary>Whether <paramref name="message"/> says what the suite expects.</summary>
    /// <param name="expected">The suite's words.</param>
    /// <param name="message">The engine's message.</param>
    public static bool Match(string expected, string message)
    {
        // "uninitialized element 2" names an index that other versions leave out.
        string words = expected.TrimEnd("0123456789".ToCharArray()).TrimEnd();
        return Begins(message, words)
            || Synonyms.Any(group => group.Contains(words) && group.Any(synonym => Begins(message, synonym)));
    }

    private static bool Begins(string message, string words) => message.StartsWith(words, StringComparison.Ordinal);
}
