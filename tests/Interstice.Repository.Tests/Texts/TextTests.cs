using System.Text;

namespace Interstice.Repository.Tests.Texts;

public sealed class TextTests
{
    [Fact]
    public void No_tracked_file_holds_a_path_of_a_machine_a_registry_or_a_mark_of_unfinished_work()
    {
        var texts = RepositoryFiles.Tracked.Select(path => (Path: path, Text: TryReadText(path))).Where(file => file.Text is not null).ToList();
        texts.Count.ShouldBeGreaterThan(300);
        texts.SelectMany(file => TextRules.Violations(file.Path, file.Text!)).ShouldBeEmpty();
    }

    [Fact]
    public void Sources_end_with_a_line_feed_and_hold_no_carriage_return_or_trailing_space()
    {
        var wrong = new List<string>();
        foreach (string path in RepositoryFiles.WithEnding(".cs", ".csproj", ".props", ".targets", ".ts"))
        {
            string text = RepositoryFiles.Read(path);
            if (text.Length > 0 && !text.EndsWith('\n')) wrong.Add($"{path} does not end with a line feed");
            if (text.Contains('\r', StringComparison.Ordinal)) wrong.Add($"{path} holds a carriage return");
            if (text.Split('\n').Any(line => line.EndsWith(' ') || line.EndsWith('\t'))) wrong.Add($"{path} holds a trailing space");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Planted_texts_are_found_with_their_lines()
    {
        string marker = "TO" + "DO";
        string text = $"fine\nsee /ro" + $"ot/x for it\n// {marker}: later\n\"https://registry." + "example.com/x\"\nhttps://www.nu" + "get.org/p\n";
        TextRules.Violations("a.md", text).Select(sentence => sentence.Split(": ")[0]).ShouldBe(["a.md:2", "a.md:4", "a.md:5", "a.md:3"]);
        TextRules.Violations("a.md", $"{marker}S src/ro" + "ot/x, at/ho" + "me/y, {base}/wo" + "rk/z").ShouldBeEmpty();
    }

    /// <summary>The text of a file, or null if it is none.</summary>
    private static string? TryReadText(string path)
    {
        byte[] bytes = File.ReadAllBytes(RepositoryFiles.FullPath(path));
        return bytes.AsSpan().Contains((byte)0) ? null : Encoding.UTF8.GetString(bytes);
    }
}
