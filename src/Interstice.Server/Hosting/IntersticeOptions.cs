using System.Security.Claims;
using Interstice.Host.Modules;

namespace Interstice.Server.Hosting;

/// <summary>Settings of a host in an application. What people can set stands in <see cref="ServerSettings"/> too.</summary>
public sealed record IntersticeOptions
{
    /// <summary>The role that makes an operator of a user whom the application knows, unless <see cref="IsOperator"/> says otherwise.</summary>
    public const string OperatorRole = "interstice-operator";

    /// <summary>Settings of the modules' host: limits of calls, queues, snapshots.</summary>
    public ModuleHostOptions Host { get; init; } = new();

    /// <summary>Keys that callers of the HTTP API prove themselves with; none: only callers on this machine are let in.</summary>
    public ApiKeys ApiKeys { get; init; } = ApiKeys.None;

    /// <summary>Whether callers from elsewhere are let in without TLS, or without a key where there is none.</summary>
    public bool Insecure { get; init; }

    /// <summary>Which users of the application are operators: they publish, and read the log and the host's own tables, as whoever has an API key
    /// does (docs/http-api.md). Default: those in <see cref="OperatorRole"/>.</summary>
    public Func<ClaimsPrincipal, bool> IsOperator { get; init; } = HasOperatorRole;

    /// <summary>Modules that are published before the first call is taken.</summary>
    public IReadOnlyList<StartupModule> Modules { get; init; } = [];

    /// <summary>What the store is called in answers, without credentials: a directory or an address.</summary>
    public string StoreName { get; init; } = "";

    /// <summary>How long a start waits for a store that cannot be reached, 0 to a day; 0 fails at once. Default 0.</summary>
    public TimeSpan StoreWait { get; init; } = TimeSpan.Zero;

    /// <summary>Most requests of the HTTP API that are answered at once, 1 to 1,000,000; one more is refused. Default 1,024.</summary>
    public int RequestsMax { get; init; } = 1_024;

    /// <summary>Most answers that read the log at once, 1 to 10,000: the log, histories, rows of the past; one more is refused. Default
    /// 32.</summary>
    public int LogReadersMax { get; init; } = 32;

    /// <summary>Most bytes of a request but a publication, 1,024 to 64 MiB. Default 1 MiB.</summary>
    public int RequestBytesMax { get; init; } = 1 << 20;

    /// <summary>Most rows of one answer, 1 to 1,000,000. Default 100,000.</summary>
    public int RowsMax { get; init; } = 100_000;

    /// <summary>Most rows that are looked at for one answer while calls of their module wait, 1 to 100,000,000. Default
    /// 1,000,000.</summary>
    public int RowsScannedMax { get; init; } = 1_000_000;

    /// <summary>How long a request waits for its call, 1 ms to an hour; then the answer says that the outcome is unknown. Default 60
    /// seconds.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most sockets that are open at once, 1 to 100,000; one more is refused. Default 1,024.</summary>
    public int SocketsMax { get; init; } = 1_024;

    /// <summary>Most requests of a socket that are under way, 1 to 10,000; further ones are not read meanwhile. Default 64.</summary>
    public int SocketRequestsMax { get; init; } = 64;

    /// <summary>How often the client of a socket is asked whether it is there, and how long it may take to say so, 100 ms to an hour. Default 15
    /// seconds.</summary>
    public TimeSpan SocketPing { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Origins of web pages that may open sockets and make requests other than GET besides the host's own, such as
    /// <c>https://shop.example</c>.</summary>
    public IReadOnlyList<string> SocketOrigins { get; init; } = [];

    private static bool HasOperatorRole(ClaimsPrincipal user) => user.IsInRole(OperatorRole);
}
