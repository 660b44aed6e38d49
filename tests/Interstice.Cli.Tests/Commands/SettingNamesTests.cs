using System.CommandLine;
using Interstice.Cli.Commands;
using Interstice.Cli.Stores;
using Interstice.EventStoreDb.Settings;
using Interstice.Journal.Settings;
using Interstice.Server.Hosting;

namespace Interstice.Cli.Tests.Commands;

/// <summary>A word on the command line, in the environment or in the file means one setting, whichever command takes it.</summary>
public sealed class SettingNamesTests
{
    [Fact]
    public void No_two_settings_share_an_option_or_a_variable()
    {
        (string Option, string Variable)[] settings =
        [
            .. JournalSettings.All.Select(setting => (setting.Option, setting.Variable)),
            .. EventStoreDbSettings.All.Select(setting => (setting.Option, setting.Variable)),
            .. SnapshotSetting.All.Select(setting => (setting.Option, setting.Variable)),
            .. ServerSettings.All.Select(setting => (setting.Option, setting.Variable)),
        ];
        settings.Length.ShouldBeGreaterThan(20);
        settings.Select(setting => setting.Option).ShouldBeUnique();
        settings.Select(setting => setting.Variable).ShouldBeUnique();
    }

    [Fact]
    public void No_command_has_two_options_of_one_name()
    {
        RootCommand root = CommandLine.CreateRoot();
        string[] everywhere = [.. Names(root.Options)];
        everywhere.ShouldBeUnique();
        root.Subcommands.ShouldNotBeEmpty();
        foreach (Command command in root.Subcommands)
            everywhere.Where(name => name is not ("--help" or "-h" or "-?" or "/h" or "/?" or "--version")).Concat(Names(command.Options)).ShouldBeUnique(command.Name);
    }

    private static IEnumerable<string> Names(IEnumerable<Option> options) =>
        options.SelectMany(option => option.Aliases.Append(option.Name).Distinct());
}
