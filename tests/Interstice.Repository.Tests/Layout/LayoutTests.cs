namespace Interstice.Repository.Tests.Layout;

public sealed class LayoutTests
{
    [Fact]
    public void Each_file_of_the_sources_holds_the_type_it_is_named_after_in_the_namespace_of_its_folder()
    {
        SourceFile[] files = [.. Sources()];
        files.Length.ShouldBeGreaterThan(200);
        files.Where(file => file.Types.Length == 0).Select(file => file.Path).ShouldBe(["src/Interstice.Cli/Program.cs"]);
        files.SelectMany(LayoutRules.Violations).ShouldBeEmpty();
    }

    [Fact]
    public void Every_exception_from_the_layout_is_needed()
    {
        Dictionary<string, SourceFile> files = Sources().ToDictionary(file => file.Path);
        LayoutRules.LongFiles.Keys.Where(path => !files.TryGetValue(path, out SourceFile? file) || file.Lines <= LayoutRules.LinesMax)
            .ShouldBeEmpty();
        LayoutRules.Namespaces.Keys.Where(folder => !files.Keys.Any(path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
            .ShouldBeEmpty();
        LayoutRules.Families.Where(path => !files.TryGetValue(path, out SourceFile? file) || file.Types.Length < 2).ShouldBeEmpty();
    }

    [Fact]
    public void Misplaced_code_is_found()
    {
        const string text = """
            namespace A.B;

            public sealed class First;

            internal readonly record struct Second<T>(int X)
                where T : class;

            public delegate int Third(int x);
                private sealed class Inner;
            // class Fourth
            file static partial class Fifth
            {
            }
            """;
        SourceFile file = SourceFile.Parse("src/A/C/First.More.cs", text);
        file.Types.ShouldBe(["First", "Second", "Third", "Fifth"]);
        file.Subject.ShouldBe("First");
        LayoutRules.Violations(file).ShouldBe(["src/A/C/First.More.cs: namespace A.B should be A.C, as its folder"]);
        LayoutRules.Violations(file with { Path = "src/A/B/Other.cs", Lines = 401 }).ShouldBe(
        [
            "src/A/B/Other.cs: 401 lines; past 400 something wants a name of its own",
            "src/A/B/Other.cs: is named after none of its types (First, Second, Third, Fifth)",
        ]);
        LayoutRules.Violations(file with { Path = "src/A/B/First.cs", Types = ["First", "B", "C", "D", "E"] }).ShouldHaveSingleItem();
    }

    private static IEnumerable<SourceFile> Sources() => RepositoryFiles.WithEnding(".cs")
        .Where(path => path.StartsWith("src/Interstice.", StringComparison.Ordinal))
        .Select(path => SourceFile.Parse(path, RepositoryFiles.Read(path)));
}
