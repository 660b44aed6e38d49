using System.Text;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Settings of the journal: the option, else the environment, else appsettings.json.</summary>
public sealed class JournalSettingsCommandTests : IDisposable
{
    private const string Variable = "INTERSTICE_JOURNAL_SEGMENT_BYTES";
    private const long FirstSegmentBytes = 4 << 20;

    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_value_out_of_range_is_refused_with_the_place_where_it_stands()
    {
        await WriteFileAsync("""{ "Interstice": { "Journal": { "SegmentBytes": 3 } } }""");
        (await PublishAsync("--segment-bytes", "1")).ShouldFail(2, "--segment-bytes is \"1\"", "4096 to 1073741824 bytes");
        (await _store.RunWithAsync(Variable, "2", "publish", TestStore.BankFile)).ShouldFail(2, Variable, "\"2\"");
        (await PublishAsync()).ShouldFail(2, "appsettings.json, Interstice:Journal:SegmentBytes is \"3\"");
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task An_unknown_name_in_the_file_is_refused_with_the_nearest_one()
    {
        await WriteFileAsync("""{ "Interstice": { "Journal": { "SegmentByte": 4096 } } }""");
        (await PublishAsync()).ShouldFail(2, "appsettings.json", "\"SegmentByte\"", "SegmentBytes", "docs/settings.md");
        await WriteFileAsync("{");
        (await PublishAsync()).ShouldFail(2, "appsettings.json");
    }

    [Fact]
    public async Task A_file_that_begins_with_a_byte_order_mark_is_read()
    {
        await File.WriteAllTextAsync(
            Path.Join(_store.Directory, "appsettings.json"),
            """{ "Interstice": { "Journal": { "SegmentBytes": 65536 } } }""",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
            TestContext.Current.CancellationToken);
        (await PublishAsync()).ShouldSucceed();
        new FileInfo(_store.Segment).Length.ShouldBeLessThan(FirstSegmentBytes);
    }

    [Theory]
    [InlineData("option")]
    [InlineData("environment")]
    [InlineData("file")]
    public async Task A_setting_is_used_wherever_it_stands(string where)
    {
        (await PublishAsync()).ShouldSucceed();
        new FileInfo(_store.Segment).Length.ShouldBe(FirstSegmentBytes);
        using TestStore small = new();
        if (where == "file")
            await File.WriteAllTextAsync(
                Path.Join(small.Directory, "appsettings.json"),
                """{ "Interstice": { "Journal": { "SegmentBytes": 65536, "Sync": "never" } } }""",
                TestContext.Current.CancellationToken);
        ProgramResult result = where switch
        {
            "option" => await small.RunAsync("publish", TestStore.BankFile, "--segment-bytes", "65536"),
            "environment" => await small.RunWithAsync(Variable, "65536", "publish", TestStore.BankFile),
            _ => await small.RunAsync("publish", TestStore.BankFile),
        };
        result.ShouldSucceed();
        new FileInfo(small.Segment).Length.ShouldBeLessThan(FirstSegmentBytes);
    }

    private Task<ProgramResult> PublishAsync(params string[] options) =>
        _store.RunAsync(["publish", TestStore.BankFile, .. options]);

    private Task WriteFileAsync(string text) =>
        File.WriteAllTextAsync(Path.Join(_store.Directory, "appsettings.json"), text, TestContext.Current.CancellationToken);
}
