using System.Globalization;
using Interstice.Journal.Settings;

namespace Interstice.Journal.Tests.Settings;

// Goal: every setting can be set everywhere, to every value of its range and to no other, and the documentation says so.
public sealed class JournalSettingsTests
{
    private static readonly JournalOptions Defaults = new() { Directory = "/nowhere" };

    public static TheoryData<string> Names => [.. JournalSettings.All.Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_default_that_is_named_is_the_default_of_the_options(string name)
    {
        JournalSetting setting = Find(name);
        setting.Set(Defaults, setting.Default).ShouldBe(Defaults);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ends_of_the_range_are_taken_and_what_lies_beyond_is_refused_by_name_text_and_range(string name)
    {
        JournalSetting setting = Find(name);
        (string[] taken, string[] refused) = Values(setting);
        foreach (string text in taken) Bind(setting, text).ShouldNotBeNull(text);
        foreach (string text in refused)
        {
            ArgumentException e = Should.Throw<ArgumentException>(() => Bind(setting, text), text);
            e.Message.ShouldContain(setting.Option);
            e.Message.ShouldContain($"\"{text}\"");
            e.Message.ShouldContain(setting.Range);
            e.ParamName.ShouldBe(setting.Name);
        }
    }

    [Fact]
    public void Every_option_but_directory_and_way_of_opening_is_a_setting()
    {
        string[] notSettings = ["Directory", "ReadOnly", "CreateIfMissing"];
        IEnumerable<string> options = typeof(JournalOptions).GetProperties()
            .Where(property => property.SetMethod is { IsPublic: true })
            .Select(property => property.Name switch
            {
                "SyncInterval" => "SyncIntervalMs",
                "RetentionAge" => "RetentionHours",
                var name => name,
            });
        options.Except(notSettings).Order().ShouldBe(JournalSettings.All.Select(setting => setting.Name).Order());
    }

    [Fact]
    public void A_retention_without_an_archive_is_refused_since_nothing_is_deleted()
    {
        Should.Throw<ArgumentException>(() => (Defaults with { RetentionBytes = 1 }).Validate()).Message.ShouldContain("ArchiveDirectory");
        Should.Throw<ArgumentException>(() => (Defaults with { RetentionAge = TimeSpan.Zero }).Validate());
        (Defaults with { RetentionBytes = 1, RetentionAge = TimeSpan.Zero, ArchiveDirectory = "/archive" }).Validate();
    }

    [Fact]
    public void The_last_source_that_has_a_setting_counts()
    {
        JournalSetting setting = Find("SegmentBytes");
        setting.Variable.ShouldBe("INTERSTICE_JOURNAL_SEGMENT_BYTES");
        Dictionary<string, string> environment = new() { [setting.Variable] = "8192", ["INTERSTICE_JOURNAL_SYNC"] = "" };
        Dictionary<string, string> section = new() { ["SegmentBytes"] = "4096", ["GroupBytesMax"] = "5000", ["Sync"] = "Never" };
        JournalOptions bound = JournalSettings.Bind(
            Defaults,
            SettingSource.OfSection("Interstice:Journal", key => section.GetValueOrDefault(key)),
            SettingSource.OfEnvironment(variable => environment.GetValueOrDefault(variable)),
            SettingSource.OfCommandLine(option => option == "--queue-appends-max" ? "7" : null));
        bound.ShouldBe(Defaults with
        {
            SegmentBytes = 8192,
            GroupBytesMax = 5000,
            Sync = SyncPolicy.Never,
            QueueAppendsMax = 7,
        });
    }

    [Fact]
    public void The_page_of_settings_has_one_row_for_each_setting_with_all_that_the_code_says()
    {
        string[] rows = [.. File.ReadAllLines(Path.Join(RepositoryRoot(), "docs", "settings.md"))
            .Where(line => line.Contains("| `INTERSTICE_JOURNAL_", StringComparison.Ordinal))];
        rows.ShouldBe(JournalSettings.All.Select(Row));
    }

    private static string Row(JournalSetting setting) =>
        $"| `{setting.Name}` | `{setting.Option}` | `{setting.Variable}` | {(setting.Unit.Length > 0 ? setting.Unit : "-")} "
        + $"| {setting.Default} | {setting.Range} | {setting.Meaning} |";

    private static JournalSetting Find(string name) => JournalSettings.All.Single(setting => setting.Name == name);

    private static JournalOptions Bind(JournalSetting setting, string text) => JournalSettings.Bind(
        Defaults, SettingSource.OfCommandLine(option => option == setting.Option ? text : null));

    private static (string[] Taken, string[] Refused) Values(JournalSetting setting)
    {
        if (setting.Range.StartsWith("a path", StringComparison.Ordinal)) return (["/somewhere", "none"], ["", " "]);
        if (!setting.Range.Contains(" to ", StringComparison.Ordinal))
            return (setting.Range.Split(", "), ["", "sometimes", "-1"]);
        const string orNone = ", none";
        bool mayBeNone = setting.Range.EndsWith(orNone, StringComparison.Ordinal);
        string[] ends = (mayBeNone ? setting.Range[..^orNone.Length] : setting.Range).Split(" to ");
        Int128 low = Int128.Parse(ends[0], CultureInfo.InvariantCulture);
        Int128 high = Int128.Parse(ends[1], CultureInfo.InvariantCulture);
        return (mayBeNone ? [.. ends, "none"] : ends, [$"{low - 1}", $"{high + 1}", "", "x", "1.5", "-5"]);
    }

    private static string RepositoryRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Join(at, "Interstice.sln"))) at = Path.GetDirectoryName(at);
        return at.ShouldNotBeNull();
    }
}
