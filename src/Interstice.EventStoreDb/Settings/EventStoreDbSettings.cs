using System.Globalization;

namespace Interstice.EventStoreDb.Settings;

/// <summary>All settings of the store that people can choose, and how they are read.</summary>
public static class EventStoreDbSettings
{
    /// <summary>The section of a configuration that holds them.</summary>
    public const string Section = "Interstice:EventStoreDb";

    private const int DayMs = 24 * 60 * 60 * 1000;
    private const string Milliseconds = "milliseconds";
    private const string WholeDay = "1 to 86400000";

    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<EventStoreDbSetting> All { get; } =
    [
        new("Payloads", "--eventstoredb-payloads", "", "json", "json, canonical",
            "How events of modules are written; both are read.",
            (options, text) => Payloads(text) is { } payloads ? options with { Payloads = payloads } : null),
        new("ServerAppendBytesMax", "--eventstoredb-server-append-bytes-max", "bytes", "1048576", "1024 to 268435456",
            "Most bytes that the server takes in one append: its MaxAppendSize.",
            (options, text) => Number(text, 1_024, 256 << 20) is { } n ? options with { ServerAppendBytesMax = n } : null),
        new("ConnectWaitMs", "--eventstoredb-connect-wait-ms", Milliseconds, "30000", "0 to 86400000",
            "How long opening waits for a server that cannot be reached or does not answer; 0 for one try of at most ReadTimeoutMs.",
            (options, text) => Time(text, 0) is { } time ? options with { ConnectWait = time } : null),
        new("AppendTimeoutMs", "--eventstoredb-append-timeout-ms", Milliseconds, "10000", WholeDay,
            "How long an append may take before its outcome counts as unknown.",
            (options, text) => Time(text, 1) is { } time ? options with { AppendTimeout = time } : null),
        new("ReadTimeoutMs", "--eventstoredb-read-timeout-ms", Milliseconds, "10000", WholeDay,
            "How long a read may give nothing before it is begun again behind its last event.",
            (options, text) => Time(text, 1) is { } time ? options with { ReadTimeout = time } : null),
        new("RetriesMax", "--eventstoredb-retries-max", "tries", "8", "0 to 1000",
            "How often a read or a question is tried again without progress; appends never are, subscriptions always.",
            (options, text) => Number(text, 0, 1_000) is { } n ? options with { RetriesMax = n } : null),
        new("RetryDelayMs", "--eventstoredb-retry-delay-ms", Milliseconds, "50", WholeDay,
            "Time before the first further try, doubled for each one after it, with jitter.",
            (options, text) => Time(text, 1) is { } time ? options with { RetryDelay = time } : null),
        new("RetryDelayMaxMs", "--eventstoredb-retry-delay-max-ms", Milliseconds, "2000", WholeDay,
            "Longest time between two tries; at least RetryDelayMs.",
            (options, text) => Time(text, 1) is { } time ? options with { RetryDelayMax = time } : null),
        new("BreakerCallsMin", "--eventstoredb-breaker-calls-min", "calls", "32", "2 to 1000000",
            "How many calls within BreakerWindowMs, half of them unanswered, have further ones refused at once for BreakTimeMs.",
            (options, text) => Number(text, 2, 1_000_000) is { } n ? options with { BreakerCallsMin = n } : null),
        new("BreakerWindowMs", "--eventstoredb-breaker-window-ms", Milliseconds, "10000", "500 to 86400000",
            "Over which time unanswered calls are counted.",
            (options, text) => Time(text, 500) is { } time ? options with { BreakerWindow = time } : null),
        new("BreakTimeMs", "--eventstoredb-break-time-ms", Milliseconds, "1000", "500 to 86400000",
            "How long calls are refused at once.",
            (options, text) => Time(text, 500) is { } time ? options with { BreakTime = time } : null),
    ];

    /// <summary>Sets what a source says.</summary>
    /// <param name="options">What holds where the source says nothing.</param>
    /// <param name="find">The text of a setting and where it stands; null where the source says nothing.</param>
    /// <exception cref="ArgumentException">A text is no value of its setting or out of its range, or two do not go together. The message names
    /// where it stands, its text and its range.</exception>
    public static EventStoreDbOptions Bind(EventStoreDbOptions options, Func<EventStoreDbSetting, (string Text, string Place)?> find)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(find);
        foreach (EventStoreDbSetting setting in All)
        {
            if (find(setting) is not var (text, place)) continue;
            string unit = setting.Unit.Length == 0 ? "" : $" {setting.Unit}";
            options = setting.Set(options, text) ?? throw new ArgumentException($"{place} takes {setting.Range}{unit}, not \"{text}\"");
        }

        if (options.RetryDelayMax >= options.RetryDelay) return options;
        throw new ArgumentException(
            $"{Section}: RetryDelayMaxMs, {options.RetryDelayMax.TotalMilliseconds}, is less than RetryDelayMs, {options.RetryDelay.TotalMilliseconds}; raise it");
    }

    private static EventPayloads? Payloads(string text) => text.ToUpperInvariant() switch
    {
        "JSON" => EventPayloads.Json,
        "CANONICAL" => EventPayloads.Canonical,
        _ => null,
    };

    private static TimeSpan? Time(string text, int minMs) => Number(text, minMs, DayMs) is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : null;
}
