using System.Globalization;
using Interstice.Server.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.Server.Tests.Hosting;

public sealed class ServerSettingsTests
{
    private static readonly string[] Texts = ["AdvertisedUrl", "HostName", "SocketOrigins"];

    public static TheoryData<string> Names => [.. ServerSettings.All.Select(setting => setting.Name).Except(Texts)];

    [Fact]
    public void The_page_of_settings_has_one_row_for_each_setting_with_all_that_the_code_says()
    {
        string[] rows = [.. File.ReadAllLines(Path.Join(RepositoryRoot(), "docs", "settings.md"))
            .Where(line => line.Contains("| `INTERSTICE_SERVER_", StringComparison.Ordinal))];
        rows.ShouldBe(ServerSettings.All.Select(setting =>
            $"| `{setting.Name}` | `{setting.Option}` | `{setting.Variable}` | {(setting.Unit.Length > 0 ? setting.Unit : "-")} "
            + $"| {setting.Default} | {setting.Range} | {setting.Meaning} |"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_takes_the_ends_of_its_range_and_nothing_beyond(string name)
    {
        ServerSetting setting = ServerSettings.All.Single(known => known.Name == name);
        string[] taken = setting.Range.Contains(" to ", StringComparison.Ordinal) ? setting.Range.Split(" to ") : setting.Range.Split(", ");
        foreach (string text in taken.Append(setting.Default)) Bind(setting, text);
        string[] refused = long.TryParse(taken[0], NumberStyles.None, CultureInfo.InvariantCulture, out long low)
            ? [$"{low - 1}", $"{long.Parse(taken[1], CultureInfo.InvariantCulture) + 1}", "x", "1.5", " 5"]
            : ["perhaps", "1"];
        foreach (string text in refused)
            Should.Throw<ArgumentException>(() => Bind(setting, text)).Message.ShouldBe(
                $"here takes {setting.Range}{(setting.Unit.Length > 0 ? " " : "")}{setting.Unit}, not \"{text}\"");
        Bind(setting, setting.Default).ShouldBe(new IntersticeOptions());
    }

    [Theory]
    [InlineData("AdvertisedUrl", "http://10.1.2.3:5080", "http://10.1.2.3:5080/")]
    [InlineData("AdvertisedUrl", "https://host.example", "https://host.example/")]
    [InlineData("AdvertisedUrl", "none", "")]
    [InlineData("AdvertisedUrl", "host.example:5080", null)]
    [InlineData("AdvertisedUrl", "ftp://host.example", null)]
    [InlineData("AdvertisedUrl", "http://user:password@host.example", null)]
    [InlineData("AdvertisedUrl", "http://0.0.0.0:5080", null)]
    [InlineData("AdvertisedUrl", "http://[::]:5080", null)]
    [InlineData("AdvertisedUrl", "http://*:5080", null)]
    [InlineData("HostName", "north 1", "north 1")]
    [InlineData("HostName", "two\nlines", null)]
    public void A_setting_that_is_a_text_takes_what_others_can_use(string name, string text, string? set)
    {
        ServerSetting setting = ServerSettings.All.Single(known => known.Name == name);
        if (set is null) Should.Throw<ArgumentException>(() => Bind(setting, text)).Message.ShouldContain(setting.Range);
        else (name == "HostName" ? Bind(setting, text).Host.Replicas.Name : Bind(setting, text).Host.Replicas.Url).ShouldBe(set);
    }

    [Theory]
    [InlineData("none", "")]
    [InlineData("https://shop.example", "https://shop.example")]
    [InlineData("https://shop.example:8443,http://localhost:3000", "https://shop.example:8443 http://localhost:3000")]
    [InlineData("shop.example", null)]
    [InlineData("https://shop.example/", null)]
    [InlineData("https://shop.example:443", null)]
    [InlineData("https://shop.example, https://b.example", null)]
    [InlineData("*", null)]
    public void Origins_are_what_browsers_send(string text, string? origins)
    {
        ServerSetting setting = ServerSettings.All.Single(known => known.Name == "SocketOrigins");
        if (origins is null) Should.Throw<ArgumentException>(() => Bind(setting, text)).Message.ShouldContain("origins of web pages such as https://shop.example");
        else string.Join(' ', Bind(setting, text).SocketOrigins).ShouldBe(origins);
    }

    [Fact]
    public void A_configuration_is_bound_and_what_is_no_setting_refused()
    {
        IntersticeOptions bound = Options(("Interstice:Server:RequestsMax", "7"), ("Interstice:Server:StoreWaitSeconds", "3"));
        bound.RequestsMax.ShouldBe(7);
        bound.StoreWait.ShouldBe(TimeSpan.FromSeconds(3));
        Should.Throw<ArgumentException>(() => Options(("Interstice:Server:RequestMax", "7"))).Message
            .ShouldBe("Interstice:Server has no setting \"RequestMax\"; did you mean \"RequestsMax\"?; see docs/settings.md");
        Should.Throw<ArgumentException>(() => Options(("Interstice:Server:RowsMax", "-7"))).Message.ShouldContain("Interstice:Server:RowsMax takes 1 to");
    }

    private static IntersticeOptions Options(params (string Key, string Value)[] values)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value))).Build();
        return new ServiceCollection().AddInterstice(configuration).BuildServiceProvider().GetRequiredService<IntersticeOptions>();
    }

    private static IntersticeOptions Bind(ServerSetting setting, string text) =>
        ServerSettings.Bind(new IntersticeOptions(), known => known == setting ? (text, "here") : null);

    private static string RepositoryRoot()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(at, "Interstice.sln"))) at = Path.GetDirectoryName(at).ShouldNotBeNull();
        return at;
    }
}
