using System.Globalization;
using Interstice.Host.Idempotency;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;

namespace Interstice.Server.Hosting;

/// <summary>All settings of a host in an application that people can choose, and how they are read.</summary>
public static class ServerSettings
{
    /// <summary>The section of a configuration that holds them.</summary>
    public const string Section = "Interstice:Server";

    private const int HostNameMax = 256;
    private const int UrlMax = 2048;

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
        new("SocketsMax", "--sockets-max", "sockets", "1024", "1 to 100000",
            "Most sockets that are open at once; one more is refused with 429.",
            (options, text) => Number(text, 1, 100_000) is { } n ? options with { SocketsMax = n } : null),
        new("SocketRequestsMax", "--socket-requests-max", "requests", "64", "1 to 10000",
            "Most requests of a socket that are under way; further ones are not read meanwhile.",
            (options, text) => Number(text, 1, 10_000) is { } n ? options with { SocketRequestsMax = n } : null),
        new("SocketPingMs", "--socket-ping-ms", "milliseconds", "15000", "100 to 3600000",
            "How often the client of a socket is asked whether it is there, and how long it may take to say so.",
            (options, text) => Number(text, 100, 3_600_000) is { } n ? options with { SocketPing = TimeSpan.FromMilliseconds(n) } : null),
        new("SocketOrigins", "--socket-origins", "", "none", "origins of web pages such as https://shop.example with a comma between two, none",
            "Web pages of other origins than the host's own that may open sockets and make requests other than GET.",
            (options, text) => Origins(text) is { } origins ? options with { SocketOrigins = origins } : null),
        new("HeartbeatMs", "--heartbeat-ms", "milliseconds", "1000", "50 to 60000",
            "How often the owner of modules in a shared store says that it is alive; after three times that another host takes over.",
            (options, text) => Number(text, 50, 60_000) is { } n
                ? options.WithReplicas(replicas => replicas with { HeartbeatInterval = TimeSpan.FromMilliseconds(n) }) : null),
        new("FollowsOnly", "--follows-only", "", "false", "true, false",
            "Whether the host never takes a module over: it answers queries.",
            (options, text) => bool.TryParse(text, out bool value)
                ? options.WithReplicas(replicas => replicas with { FollowsOnly = value }) : null),
        new("AdvertisedUrl", "--advertised-url", "", "none", "http:// or https:// of a host, none",
            "Where other hosts tell their callers that this one takes calls.",
            (options, text) => Url(text) is { } url ? options.WithReplicas(replicas => replicas with { Url = url }) : null),
        new("HostName", "--host-name", "", "the machine's", "1 to 256 characters",
            "What the host is called in heartbeats and messages.",
            (options, text) => text.Length <= HostNameMax && !text.Any(char.IsControl)
                ? options.WithReplicas(replicas => replicas with { Name = text }) : null),
        new("IdempotencyHours", "--idempotency-hours", "hours", "24", "1 to 8784",
            "How long each module keeps idempotency keys, in recorded time.",
            (options, text) => Number(text, 1, KeyRetention.HoursMax) is { } n
                ? options.WithKeys(keys => keys with { Hours = n }) : null),
        new("IdempotencyKeysMax", "--idempotency-keys-max", "keys", "1000000", "1 to 100000000",
            "Most idempotency keys that each module keeps; beyond it the oldest go.",
            (options, text) => Number(text, 1, KeyRetention.KeysLimit) is { } n
                ? options.WithKeys(keys => keys with { KeysMax = n }) : null),
        new("MutationsMax", "--mutations-max", "mutations", "100000", "1 to 1000000",
            "Most mutations and emitted events of a transaction; a call that makes one more traps.",
            (options, text) => Number(text, 1, 1_000_000) is { } n
                ? options.WithLimits(limits => limits with { MutationsMax = n }) : null),
        new("TransactionBytesMax", "--transaction-bytes-max", "bytes", "524288", "1024 to 524288",
            "Most bytes of a transaction's events with their metadata, in the larger of the two encodings; a call that makes more traps.",
            (options, text) => Number(text, 1_024, 512 * 1024) is { } n
                ? options.WithLimits(limits => limits with { TransactionBytesMax = n }) : null),
        new("ArgumentBytesMax", "--argument-bytes-max", "bytes", "262144", "0 to 524288",
            "Most bytes of encoded arguments; a call or query with more is refused.",
            (options, text) => Number(text, 0, 512 * 1024) is { } n
                ? options.WithLimits(limits => limits with { ArgumentBytesMax = n }) : null),
        new("ResultBytesMax", "--result-bytes-max", "bytes", "16777216", "0 to 67108864",
            "Most bytes of a result; a call or query that gives more traps.",
            (options, text) => Number(text, 0, 1 << 26) is { } n
                ? options.WithLimits(limits => limits with { ResultBytesMax = n }) : null),
        new("TimersMax", "--timers-max", "timers", "100000", "0 to 10000000",
            "Most durable timers of a module; a call that makes one more traps.",
            (options, text) => Number(text, 0, 10_000_000) is { } n
                ? options.WithLimits(limits => limits with { TimersMax = n }) : null),
        new("DeliveriesMax", "--deliveries-max", "deliveries", "256", "0 to 1000000",
            "How many of the last deliveries of each subscription are kept in memory to be looked at.",
            (options, text) => Number(text, 0, 1_000_000) is { } n
                ? options with { Host = options.Host with { Subscriptions = options.Host.Subscriptions with { RecordedMax = n } } } : null),
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

    // What ListenAddress takes, but for hosts that stand for all of a machine's addresses: nobody can be sent there.
    private static string? Url(string text)
    {
        if (text == "none") return "";
        return text.Length <= UrlMax && Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            && url.UserInfo.Length == 0 && url.Host is not ("0.0.0.0" or "[::]")
            ? url.AbsoluteUri
            : null;
    }

    // What browsers send: scheme, host, and the port where it is not the scheme's own.
    private static string[]? Origins(string text)
    {
        if (text == "none") return [];
        string[] origins = text.Split(',');
        return origins.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            && string.Equals(url.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase) && url.UserInfo.Length == 0)
            ? origins
            : null;
    }

    private static IntersticeOptions WithReplicas(this IntersticeOptions options, Func<ReplicaOptions, ReplicaOptions> change) =>
        options with { Host = options.Host with { Replicas = change(options.Host.Replicas) } };

    private static IntersticeOptions WithKeys(this IntersticeOptions options, Func<KeyRetention, KeyRetention> change) =>
        options with { Host = options.Host with { Keys = change(options.Host.Keys) } };

    private static IntersticeOptions WithLimits(this IntersticeOptions options, Func<ModuleLimits, ModuleLimits> change) =>
        options with { Host = options.Host with { Limits = change(options.Host.Limits) } };

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : null;
}
