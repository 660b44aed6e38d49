using System.Globalization;

namespace Interstice.Server.Hosting;

/// <summary>All settings of a host in an application that people can choose, and how they are read.</summary>
public static class ServerSettings
{
    /// <summary>The section of a configuration that holds them.</summary>
    public const string Section = "Interstice:Server";

    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<ServerSetting> All { get; } =
    [
        new("Insecure", "--insecure", "", "false", "true, false",
            "Whether any address may be listened on without TLS and an API key.",
            (options, text) => bool.TryParse(text, out bool value) ? options with { Insecure = value } : null),
        new("StoreWaitSeconds", "--store-wait-seconds", "seconds", "0", "0 to 86400",
            "How long a start waits for a store that cannot be reached; 0 fails at once.",
            (options, text) => Number(text, 0, 86_400) is { } n ? options with { StoreWait = TimeSpan.FromSeconds(n) } : null),
        new("RequestsMax", "--requests-max", "requests", "1024", "1 to 1000000",
            "Most requests that are answered at once; one more is refused with 429.",
            (options, text) => Number(text, 1, 1_000_000) is { } n ? options with { RequestsMax = n } : null),
        new("LogReadersMax", "--log-readers-max", "requests", "32", "1 to 10000",
            "Most answers that read the log at once; one more is refused with 429.",
            (options, text) => Number(text, 1, 10_000) is { } n ? options with { LogReadersMax = n } : null),
        new("RequestBytesMax", "--request-bytes-max", "bytes", "1048576", "1024 to 67108864",
            "Most bytes of a request but a publication; a larger one is refused with 413.",
            (options, text) => Number(text, 1_024, 1 << 26) is { } n ? options with { RequestBytesMax = n } : null),
        new("RowsMax", "--rows-max", "rows", "100000", "1 to 1000000",
            "Most rows of one answer.",
            (options, text) => Number(text, 1, 1_000_000) is { } n ? options with { RowsMax = n } : null),
        new("RowsScannedMax", "--rows-scanned-max", "rows", "1000000", "1 to 100000000",
            "Most rows that are looked at for one answer, while calls of their module wait.",
            (options, text) => Number(text, 1, 100_000_000) is { } n ? options with { RowsScannedMax = n } : null),
        new("CallTimeoutMs", "--call-timeout-ms", "milliseconds", "60000", "1 to 3600000",
            "How long a request waits for its call; then the answer says that the outcome is unknown.",
            (options, text) => Number(text, 1, 3_600_000) is { } n ? options with { CallTimeout = TimeSpan.FromMilliseconds(n) } : null),
    ];

    /// <summary>Sets what a source says.</summary>
    /// <param name="options">What holds where the source says nothing.</param>
    /// <param name="find">The text of a setting and where it stands; null where the source says nothing.</param>
    /// <exception cref="ArgumentException">A text is no value of its setting or out of its range. The message names where it stands, its
    /// text and its range.</exception>
    public static IntersticeOptions Bind(IntersticeOptions options, Func<ServerSetting, (string Text, string Place)?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        foreach (ServerSetting setting in All)
        {
            if (find(setting) is not var (text, place)) continue;
            string unit = setting.Unit.Length == 0 ? "" : $" {setting.Unit}";
            options = setting.Set(options, text)
                ?? throw new ArgumentException($"{place} takes {setting.Range}{unit}, not \"{text}\"");
        }

        return options;
    }

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : null;
}
