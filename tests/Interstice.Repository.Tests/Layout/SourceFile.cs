using System.Text.RegularExpressions;

namespace Interstice.Repository.Tests.Layout;

/// <summary>What a C# file declares outside of any type.</summary>
/// <param name="Path">The file.</param>
/// <param name="Namespace">Its namespace; empty if it has none.</param>
/// <param name="Types">Names of its outermost types, without type parameters; a partial type once.</param>
/// <param name="Lines">How many lines it has.</param>
internal sealed partial record SourceFile(string Path, string Namespace, string[] Types, int Lines)
{
    /// <summary>The file's name up to the first dot: the type that it is named after.</summary>
    internal string Subject => Path[(Path.LastIndexOf('/') + 1)..].Split('.')[0];

    internal static SourceFile Parse(string path, string text)
    {
        string[] types = [.. TypeDeclaration().Matches(text).Select(match => match.Groups["name"].Value).Distinct()];
        int lines = text.Count(c => c == '\n');
        return new SourceFile(path, NamespaceDeclaration().Match(text).Groups["name"].Value, types, lines);
    }

    // Types within a file-scoped namespace begin at the start of a line, which the editor's rules hold.
    [GeneratedRegex(
        @"^(?:(?:public|internal|file|sealed|static|abstract|readonly|unsafe|partial|ref)\s+)*"
            + @"(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>,.\[\]? ]+?)\s+"
            + @"(?<name>\w+)\s*(?:<[^>{(]*>)?\s*(?=[:({;\r\n]|where\b)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();
}
