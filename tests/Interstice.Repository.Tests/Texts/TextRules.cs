using System.Text.RegularExpressions;

namespace Interstice.Repository.Tests.Texts;

/// <summary>What no tracked text may hold. The patterns are written so that they do not find themselves.</summary>
internal static partial class TextRules
{
    /// <summary>What is wrong with a text, one sentence each.</summary>
    internal static IEnumerable<string> Violations(string path, string text)
    {
        foreach (Match match in AbsolutePath().Matches(text)) yield return Sentence("a path of one machine", match);
        foreach (Match match in RegistryHost().Matches(text)) yield return Sentence("the host of a package registry", match);
        foreach (Match match in Marker().Matches(text)) yield return Sentence("a mark of unfinished work", match);

        string Sentence(string what, Match match) =>
            $"{path}:{text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value} is {what}";
    }

    [GeneratedRegex(@"(?<![\w.*/{}$-])/(?:roo[t]|hom[e]|Use[r]s|wor[k])/[\w.-]+|[A-Z]:\\[Uu]ser[s]\\")]
    private static partial Regex AbsolutePath();

    [GeneratedRegex(
        @"\b(?:registry\.[a-z]+\.[a-z]+|(?:[a-z-]+\.)*(?:nuget\.or[g]|npmjs\.(?:or|co)[a-z]|crates\.i[o]|pypi\.or[g])"
            + @"|[\w.-]*(?:artifactor[y]|verdacci[o])[\w.-]*)",
        RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\b(?:TO[D]O|FIX[M]E|HAC[K]|XX[X])\b")]
    private static partial Regex Marker();
}
