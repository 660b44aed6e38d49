using System.Globalization;
using Interstice.EventStoreDb.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.EventStoreDb.Tests.Settings;

public sealed class EventStoreDbSettingsTests
{
    public static TheoryData<string> Names => [.. EventStoreDbSettings.All.Select(setting => setting.Name)];

    [Fact]
    public void The_page_of_settings_has_one_row_for_each_setting_with_all_that_the_code_says()
    {
        string[] rows = [.. File.ReadAllLines(Path.Join(RepositoryRoot(), "docs", "settings.md"))
            .Where(line => line.Contains("| `INTERSTICE_EVENTSTOREDB_", StringComparison.Ordinal))];
        rows.ShouldBe(EventStoreDbSettings.All.Select(setting =>
            $"| `{setting.Name}` | `{setting.Option}` | `{setting.Variable}` | {(setting.Unit.Length > 0 ? setting.Unit : "-")} "
            + $"| {setting.Default} | {setting.Range} | {setting.Meaning} |"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_takes_the_ends_of_its_range_and_nothing_beyond(string name)
    {
        EventStoreDbSetting setting = EventStoreDbSettings.All.Single(known => known.Name == name);
        string[] taken = setting.Range.Contains(" to ", StringComparison.Ordinal) ? setting.Range.Split(" to ") : setting.Range.Split(", ");
        foreach (string text in taken.Append(setting.Default)) Bind(setting, text).Validate();
        string[] refused = long.TryParse(taken[0], NumberStyles.None, CultureInfo.InvariantCulture, out long low)
            ? [$"{low - 1}", $"{long.Parse(taken[1], CultureInfo.InvariantCulture) + 1}", "x", "1.5", " 5"]
            : ["perhaps", "1"];
        foreach (string text in refused)
            Should.Throw<ArgumentException>(() => Bind(setting, text)).Message.ShouldBe(
                $"here takes {setting.Range}{(setting.Unit.Length > 0 ? " " : "")}{setting.Unit}, not \"{text}\"");
        Bind(setting, setting.Default, isAlone: true).ShouldBe(new EventStoreDbOptions());
    }

    [Fact]
    public void Every_option_of_the_store_is_a_setting()
    {
        string[] options = [.. typeof(EventStoreDbOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];
        EventStoreDbSettings.All.Select(setting => setting.Name.EndsWith("Ms", StringComparison.Ordinal) ? setting.Name[..^2] : setting.Name)
            .ShouldBe(options, ignoreOrder: true);
    }

    [Fact]
    public void Times_that_do_not_go_together_are_refused() => Should
        .Throw<ArgumentException>(() => EventStoreDbSettings.Bind(
            new EventStoreDbOptions(), setting => setting.Name == "RetryDelayMs" ? ("3000", "here") : null))
        .Message.ShouldBe("Interstice:EventStoreDb: RetryDelayMaxMs, 2000, is less than RetryDelayMs, 3000; raise it");

    [Fact]
    public void A_configuration_without_a_server_or_with_what_is_no_setting_is_refused_when_the_store_is_added()
    {
        Add().ShouldBe("Interstice:EventStoreDb:ConnectionString is not set; it says where the server is, such as esdb://localhost:2113");
        Add(("ConnectionString", "http://localhost")).ShouldNotBeNull().ShouldContain("connection string: ");
        Add(("ConnectionString", "esdb://admin:Zk3/9fQ@localhost")).ShouldNotBeNull().ShouldNotContain("Zk3");
        Add(("ConnectionString", "esdb://localhost"), ("RetrysMax", "1")).ShouldBe(
            "Interstice:EventStoreDb has no setting \"RetrysMax\"; did you mean \"RetriesMax\"?; see docs/settings.md");
        Add(("ConnectionString", "esdb://localhost"), ("RetriesMax", "-1")).ShouldBe("Interstice:EventStoreDb:RetriesMax takes 0 to 1000 tries, not \"-1\"");
        Add(("ConnectionString", "esdb://localhost"), ("RetriesMax", "1")).ShouldBeNull();
    }

    // What is refused; null when nothing is.
    private static string? Add(params (string Key, string Value)[] values)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => new KeyValuePair<string, string?>($"{EventStoreDbSettings.Section}:{pair.Key}", pair.Value)))
            .Build();
        try
        {
            new ServiceCollection().AddEventStoreDb(configuration);
            return null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message.Split(" (Parameter", 2)[0];
        }
    }

    // The two delays between tries bound each other: beside an extreme of one stands the same of the other.
    private static EventStoreDbOptions Bind(EventStoreDbSetting setting, string text, bool isAlone = false) => EventStoreDbSettings.Bind(
        new EventStoreDbOptions(),
        known => known == setting ? (text, "here")
            : !isAlone && known.Name == "RetryDelayMaxMs" && setting.Name == "RetryDelayMs" ? ("86400000", "there")
            : !isAlone && known.Name == "RetryDelayMs" && setting.Name == "RetryDelayMaxMs" ? ("1", "there")
            : null);

    private static string RepositoryRoot()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(at, "Interstice.sln"))) at = Path.GetDirectoryName(at).ShouldNotBeNull();
        return at;
    }
}
