using Interstice.Host.Snapshots;

namespace Interstice.Cli.Stores;

/// <summary>One setting for snapshots that people can choose, with all of its names. The page docs/settings.md shows the same.</summary>
/// <param name="Name">Its name in the section of appsettings.json.</param>
/// <param name="Option">Its option on the command line.</param>
/// <param name="Variable">Its environment variable.</param>
/// <param name="Unit">What a number counts.</param>
/// <param name="Default">Its value where nothing is said.</param>
/// <param name="Min">Least number.</param>
/// <param name="Max">Greatest number; null for a setting that is a path.</param>
/// <param name="Meaning">One sentence.</param>
internal sealed record SnapshotSetting(
    string Name, string Option, string Variable, string Unit, string Default, long Min, long? Max, string Meaning)
{
    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<SnapshotSetting> All { get; } = [Events, Keep, Interval, Directory];

    /// <summary>When the next one is taken.</summary>
    public static SnapshotSetting Events => new(
        "Events", "--snapshot-events", "INTERSTICE_SNAPSHOT_EVENTS", "events", "1000000", 0, long.MaxValue,
        "Events of a module after which a running host takes the next snapshot of it; 0 for never.");

    /// <summary>How many stay.</summary>
    public static SnapshotSetting Keep => new(
        "Keep", "--snapshot-keep", "INTERSTICE_SNAPSHOT_KEEP", "snapshots", "2", 1, SnapshotOptions.KeepMax,
        "How many snapshots of a module stay.");

    /// <summary>How often a host looks.</summary>
    public static SnapshotSetting Interval => new(
        "IntervalMs", "--snapshot-interval-ms", "INTERSTICE_SNAPSHOT_INTERVAL_MS", "milliseconds", "1000", 1, 86_400_000,
        "How often a running host looks whether a snapshot is due.");

    /// <summary>Where they are.</summary>
    public static SnapshotSetting Directory => new(
        "Directory", "--snapshot-directory", "INTERSTICE_SNAPSHOT_DIRECTORY", "-", "snapshots in the store", 0, null,
        "Where snapshots are.");

    /// <summary>What its value may be.</summary>
    public string Range => Max is { } max ? $"{Min} to {max}" : "a path";
}
