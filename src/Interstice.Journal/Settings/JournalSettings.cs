using System.Globalization;

namespace Interstice.Journal.Settings;

/// <summary>All settings of a journal that people can choose, and how they are read from where they may stand.</summary>
public static class JournalSettings
{
    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<JournalSetting> All { get; } =
    [
        new("Sync", "--sync", "", "commit", "commit, interval, never",
            "When what was appended is synced to the device, and so what a power failure can cost.",
            (options, text) => Policy(text) is { } policy ? options with { Sync = policy } : null),
        new("SyncIntervalMs", "--sync-interval-ms", "milliseconds", "1000", "1 to 3600000",
            "With interval, longest time from an acknowledgement to its sync.",
            (options, text) => Number(text) is { } ms ? options with { SyncInterval = Milliseconds(ms) } : null),
        new("SegmentBytes", "--segment-bytes", "bytes", "67108864", "4096 to 1073741824",
            "Size at which a segment is full.",
            (options, text) => Number(text) is { } bytes ? options with { SegmentBytes = bytes } : null),
        new("ChecksFramesOnOpen", "--checks-frames-on-open", "", "false", "true, false",
            "Whether opening reads every frame of every segment, and refuses the store if one is damaged.",
            (options, text) => bool.TryParse(text, out bool value) ? options with { ChecksFramesOnOpen = value } : null),
        new("Recovery", "--recovery", "", "strict", "strict, truncate, skip, salvage",
            "What opening does with a damaged store: refuse it, repair it after a backup, or show what is whole in it (recovery.md).",
            (options, text) => Mode(text) is { } mode ? options with { Recovery = mode } : null),
        new("ArchiveDirectory", "--archive-directory", "", "none", "a path, none",
            "Directory that sealed segments go to, and are then read from (archive.md).",
            (options, text) => text.Length > 0 ? options with { ArchiveDirectory = IsNone(text) ? null : text } : null),
        new("RetentionBytes", "--retention-bytes", "bytes", "none", "0 to 9223372036854775807, none",
            "How much of the log stays in the store before sealed segments go to the archive.",
            (options, text) => IsNone(text) ? options with { RetentionBytes = null }
                : Number(text) is { } bytes ? options with { RetentionBytes = bytes } : null),
        new("RetentionHours", "--retention-hours", "hours", "none", "0 to 876000, none",
            "How long a sealed segment stays in the store after its last append before it goes to the archive.",
            (options, text) => IsNone(text) ? options with { RetentionAge = null }
                : Number(text) is { } hours ? options with { RetentionAge = Hours(hours) } : null),
        new("QueueAppendsMax", "--queue-appends-max", "appends", "65536", "1 to 1000000",
            "How many appends may wait for the writer; further callers wait.",
            (options, text) => Number(text) is { } count ? options with { QueueAppendsMax = Int32(count) } : null),
        new("QueueBytesMax", "--queue-bytes-max", "bytes", "268435456", "1 to 9223372036854775807",
            "How many bytes of events may wait for the writer; further callers wait.",
            (options, text) => Number(text) is { } bytes ? options with { QueueBytesMax = bytes } : null),
        new("GroupBytesMax", "--group-bytes-max", "bytes", "4194304", "4096 to 67108864",
            "How many bytes are written and synced together before the next ones.",
            (options, text) => Number(text) is { } bytes ? options with { GroupBytesMax = Int32(bytes) } : null),
        new("IndexBytesMax", "--index-bytes-max", "bytes", "268435456", "0 to 9223372036854775807",
            "How many bytes the frame lists of sealed segments may take in memory; what does not fit is read again when it is needed.",
            (options, text) => Number(text) is { } bytes ? options with { IndexBytesMax = bytes } : null),
        new("ReadersMax", "--readers-max", "readers", "4096", "1 to 1000000",
            "How many readers and subscribers may be open at once; one more is refused.",
            (options, text) => Number(text) is { } count ? options with { ReadersMax = Int32(count) } : null),
    ];

    /// <summary>Sets what sources say.</summary>
    /// <param name="options">What holds where no source says anything.</param>
    /// <param name="sources">The sources; for each setting the last one that has it counts.</param>
    /// <exception cref="ArgumentException">A text is no value of its setting or out of its range. The message names where it stands, its
    /// text and its range.</exception>
    public static JournalOptions Bind(JournalOptions options, params ReadOnlySpan<SettingSource> sources)
    {
        foreach (JournalSetting setting in All)
        {
            for (int i = sources.Length - 1; i >= 0; i--)
            {
                if (sources[i].Find(setting) is not { } text) continue;
                options = Set(options, setting, sources[i], text);
                break;
            }
        }

        return options;
    }

    private static JournalOptions Set(JournalOptions options, JournalSetting setting, SettingSource source, string text)
    {
        try
        {
            if (setting.Set(options, text.Trim()) is { } changed)
            {
                changed.ValidateRanges();
                return changed;
            }
        }
        catch (ArgumentOutOfRangeException)
        {
            // Said below, with the place where the value stands.
        }

        string unit = setting.Unit.Length > 0 ? $" {setting.Unit}" : string.Empty;
        throw new ArgumentException($"{source.Describe(setting)} is \"{text}\"; it must be {setting.Range}{unit}", setting.Name);
    }

    private static bool IsNone(string text) => text.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static SyncPolicy? Policy(string text) => text.ToUpperInvariant() switch
    {
        "COMMIT" => SyncPolicy.EachCommit,
        "INTERVAL" => SyncPolicy.Interval,
        "NEVER" => SyncPolicy.Never,
        _ => null,
    };

    private static RecoveryMode? Mode(string text) => text.ToUpperInvariant() switch
    {
        "STRICT" => RecoveryMode.Strict,
        "TRUNCATE" => RecoveryMode.Truncate,
        "SKIP" => RecoveryMode.Skip,
        "SALVAGE" => RecoveryMode.Salvage,
        _ => null,
    };

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    // What does not fit is out of range as well as its nearest value is.
    private static int Int32(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static TimeSpan Hours(long value) => TimeSpan.FromHours(Math.Clamp(value, -1L, int.MaxValue));

    private static TimeSpan Milliseconds(long value) => TimeSpan.FromMilliseconds(Math.Clamp(value, -1L, int.MaxValue));
}
