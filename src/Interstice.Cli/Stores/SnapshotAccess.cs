using System.Globalization;
using Interstice.Cli.Errors;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Journal.Files;

namespace Interstice.Cli.Stores;

/// <summary>The snapshots of a store, and the settings of the environment for them.</summary>
internal static class SnapshotAccess
{
    /// <summary>The environment variable with the number of events after which a running host takes the next
    /// snapshot.</summary>
    public const string EventsVariable = "INTERSTICE_SNAPSHOT_EVENTS";

    /// <summary>The environment variable with the number of snapshots of a module that are kept.</summary>
    public const string KeepVariable = "INTERSTICE_SNAPSHOT_KEEP";

    /// <summary>The environment variable with the milliseconds between two looks whether a snapshot is due.</summary>
    public const string IntervalVariable = "INTERSTICE_SNAPSHOT_INTERVAL_MS";

    /// <summary>The environment variable with another directory than the store's.</summary>
    public const string DirectoryVariable = "INTERSTICE_SNAPSHOT_DIRECTORY";

    /// <summary>The snapshots of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="directory">Its directory.</param>
    public static SnapshotStore Of(JournalStore store, string directory)
    {
        string? other = Environment.GetEnvironmentVariable(DirectoryVariable);
        string place = string.IsNullOrEmpty(other) ? Path.Join(directory, SnapshotDirectory.Name) : other;
        return new(new SnapshotDirectory(new DirectoryFiles(place)), store.StoreId);
    }

    /// <summary>When snapshots are taken.</summary>
    /// <param name="isReader">Whether the host only reads.</param>
    /// <exception cref="CliException">A variable holds no number, or one out of its range.</exception>
    public static SnapshotOptions Options(bool isReader)
    {
        var options = new SnapshotOptions();
        return options with
        {
            EveryEvents = isReader ? 0 : Number(EventsVariable, options.EveryEvents, 0, long.MaxValue),
            Keep = Keep(null),
            CheckInterval = TimeSpan.FromMilliseconds(
                Number(IntervalVariable, (long)options.CheckInterval.TotalMilliseconds, 1, MillisecondsMax)),
        };
    }

    /// <summary>How many snapshots of a module are kept.</summary>
    /// <param name="option">What the command line says, or null.</param>
    /// <exception cref="CliException">The variable holds no number, or one out of its range.</exception>
    public static int Keep(long? option) =>
        (int)(option ?? Number(KeepVariable, new SnapshotOptions().Keep, 1, SnapshotOptions.KeepMax));

    /// <summary>Says on standard error which snapshots are not used.</summary>
    public static void Report(IEnumerable<SnapshotRefusal> refused)
    {
        foreach (SnapshotRefusal refusal in refused) ErrorReport.WriteSentence($"warning: {refusal}");
    }

    private static long MillisecondsMax => (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private static long Number(string variable, long otherwise, long min, long max)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(text)) return otherwise;
        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (isNumber && number >= min && number <= max) return number;
        string range = max == long.MaxValue ? $"{min} or more" : $"{min} to {max}";
        throw new CliException(
            ExitCode.Usage,
            $"the environment variable {variable} takes a whole number, {range}, not \"{text}\"");
    }
}
