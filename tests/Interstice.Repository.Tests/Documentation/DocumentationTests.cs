using System.Text.RegularExpressions;

namespace Interstice.Repository.Tests.Documentation;

public sealed partial class DocumentationTests
{
    private static readonly string[] Entrances = ["README.md", "docs/README.md"];

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    [InlineData("docs/README.md")]
    [InlineData("docs/glossary.md")]
    public void The_repository_holds(string path) => RepositoryFiles.Tracked.Contains(path).ShouldBeTrue($"{path} is missing");

    [Fact]
    public void Relative_links_lead_to_files_and_headings_that_exist()
    {
        MarkdownPage[] pages = [.. Pages()];
        pages.Sum(page => page.RelativeLinks().Count()).ShouldBeGreaterThan(20);
        pages.SelectMany(page => Broken(page, RepositoryFiles.Exists, MarkdownPage.Read)).ShouldBeEmpty();
    }

    [Fact]
    public void Pages_that_code_and_texts_name_exist()
    {
        var named = new List<string>();
        foreach (string path in RepositoryFiles.WithEnding(".cs", ".md", ".ts", ".csproj", ".props", ".targets", ".json", ".wat"))
        {
            // What this project plants for its own tests is no reference.
            if (path.StartsWith("tests/Interstice.Repository.Tests/", StringComparison.Ordinal)) continue;
            foreach (Match match in NamedPage().Matches(RepositoryFiles.Read(path)))
                if (!RepositoryFiles.Exists(match.Value)) named.Add($"{path} names {match.Value}");
        }

        named.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_of_the_documentation_can_be_reached_from_the_entrances()
    {
        Dictionary<string, MarkdownPage> pages = Pages().ToDictionary(page => page.Path);
        var reached = new HashSet<string>();
        var open = new Queue<string>(Entrances);
        while (open.TryDequeue(out string? path))
        {
            if (!pages.TryGetValue(path, out MarkdownPage? page) || !reached.Add(path)) continue;
            foreach ((_, string target, _) in page.RelativeLinks())
            {
                // A link to a folder shows what lies in it.
                foreach (string other in pages.Keys)
                    if (other == target || Path.GetDirectoryName(other)!.Replace('\\', '/') == target) open.Enqueue(other);
            }
        }

        pages.Keys.Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && !reached.Contains(path)).ShouldBeEmpty();
    }

    [Fact]
    public void Planted_broken_links_are_found()
    {
        const string text = """
            # One *fine* heading: `code`
            ## Twice
            ## Twice
            [a](b.md) [b](../c/d.md#there) [c](#one-fine-heading-code) [d](#twice-1) [e](https://example.com/x) ![f](g.png "title")
            `[in code](nowhere.md)` [g](b.md#missing) [h](#nowhere)

            ```
            [fenced](nowhere.md)
            ```

            [ref]: missing.md
            """;
        MarkdownPage page = MarkdownPage.Parse("docs/a.md", text);
        page.Anchors.ShouldBe(["one-fine-heading-code", "twice", "twice-1"], ignoreOrder: true);
        MarkdownPage other = MarkdownPage.Parse("other.md", "## There\n");
        Broken(page, path => path is "docs/a.md" or "docs/b.md" or "c/d.md", path => path == "docs/a.md" ? page : other).ShouldBe(
        [
            "docs/a.md: g.png leads nowhere", "docs/a.md: b.md#missing leads to no heading", "docs/a.md: #nowhere leads to no heading",
            "docs/a.md: missing.md leads nowhere",
        ]);
    }

    [Fact]
    public void Every_need_of_a_test_is_explained_and_counted()
    {
        string[] counted = [.. RepositoryFiles.Read("tests/skips.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').Select(line => line.Split(' ')[0])];
        string[] explained = [.. NeedRow().Matches(RepositoryFiles.Read("docs/testing.md")).Select(match => match.Groups[1].Value)];
        counted.Length.ShouldBeGreaterThan(5);
        explained.ShouldBe(counted, ignoreOrder: true);
    }

    private static IEnumerable<MarkdownPage> Pages() => RepositoryFiles.WithEnding(".md").Select(MarkdownPage.Read);

    private static IEnumerable<string> Broken(MarkdownPage page, Func<string, bool> exists, Func<string, MarkdownPage> read)
    {
        foreach ((string link, string target, string anchor) in page.RelativeLinks())
        {
            if (!exists(target))
            {
                yield return $"{page.Path}: {link} leads nowhere";
            }
            else if (anchor.Length > 0 && target.EndsWith(".md", StringComparison.Ordinal) && !read(target).Anchors.Contains(anchor))
            {
                yield return $"{page.Path}: {link} leads to no heading";
            }
        }
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex NeedRow();

    [GeneratedRegex(@"(?<![\w/.-])docs/[\w./-]+\.md\b")]
    private static partial Regex NamedPage();
}
