using System.Text;
using System.Text.RegularExpressions;

namespace Interstice.Repository.Tests.Documentation;

/// <summary>A page of documentation: its links and the headings that links can point to.</summary>
/// <param name="Path">The page.</param>
/// <param name="Links">Targets of its links, as written.</param>
/// <param name="Anchors">Names of its headings, as forges make them.</param>
internal sealed partial record MarkdownPage(string Path, string[] Links, IReadOnlySet<string> Anchors)
{
    internal static MarkdownPage Read(string path) => Parse(path, RepositoryFiles.Read(path));

    internal static MarkdownPage Parse(string path, string text)
    {
        text = Fence().Replace(text, "");
        var anchors = new HashSet<string>();
        foreach (Match heading in Heading().Matches(text))
        {
            string anchor = AnchorOf(heading.Groups["text"].Value);
            string name = anchor;
            for (int i = 1; !anchors.Add(name); i++) name = $"{anchor}-{i}";
        }

        text = CodeSpan().Replace(text, "code");
        string[] links = [.. Link().Matches(text).Select(match => match.Groups["target"].Value)];
        return new MarkdownPage(path, links, anchors);
    }

    /// <summary>The links that lead into the repository: the file from its root, and the heading, empty for none.</summary>
    internal IEnumerable<(string Link, string Target, string Anchor)> RelativeLinks()
    {
        foreach (string link in Links)
        {
            if (Scheme().IsMatch(link)) continue;
            string[] parts = link.Split('#', 2);
            string folder = System.IO.Path.GetDirectoryName(Path)!;
            string target = parts[0].Length == 0 ? Path
                : System.IO.Path.GetRelativePath(".", System.IO.Path.Combine(folder, Uri.UnescapeDataString(parts[0])));
            yield return (link, target.Replace('\\', '/').TrimEnd('/'), parts.Length > 1 ? parts[1] : "");
        }
    }

    private static string AnchorOf(string heading)
    {
        var anchor = new StringBuilder();
        foreach (char c in LinkText().Replace(heading, "${text}").Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_') anchor.Append(c);
            else if (c == ' ') anchor.Append('-');
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"^(?<fence>```+|~~~+).*?^\k<fence>[ ]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6}[ ]+(?<text>.+?)[ #]*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(`+)(?!`).*?(?<!`)\1(?!`)", RegexOptions.Singleline)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(
        @"\]\(\s*<?(?<target>[^)\s>]+)>?(?:\s+""[^""]*"")?\s*\)|^\[[^\]]+\]:[ ]*(?<target>\S+)", RegexOptions.Multiline)]
    private static partial Regex Link();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex Scheme();
}
