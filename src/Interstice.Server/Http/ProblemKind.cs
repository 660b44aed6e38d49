namespace Interstice.Server.Http;

/// <summary>What can be wrong with a request or a call. The types are stable: docs/http-api.md.</summary>
/// <param name="Slug">The end of its type.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The same for every occurrence.</param>
/// <param name="RetryAfterSeconds">When the same request may succeed; null where nothing is known of it.</param>
internal sealed record ProblemKind(string Slug, int Status, string Title, int? RetryAfterSeconds = null)
{
    private const string Prefix = "urn:interstice:problem:";

    public static readonly ProblemKind BadRequest = new("bad-request", 400, "The request cannot be understood");
    public static readonly ProblemKind BadArguments = new("bad-arguments", 400, "The arguments do not fit the declaration");
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, "An API key is wanted");
    public static readonly ProblemKind NotSecured = new("not-secured", 403, "This address is not secured");
    public static readonly ProblemKind HostNotAllowed = new("host-not-allowed", 403, "The name of the host is not this machine's");
    public static readonly ProblemKind Private = new("private", 403, "It is private to its module");
    public static readonly ProblemKind OriginNotAllowed =
        new("origin-not-allowed", 403, "Pages of that origin may not do that on this host");
    public static readonly ProblemKind Denied = new("denied", 403, "The application does not let the caller do it");
    public static readonly ProblemKind UnknownRoute = new("unknown-route", 404, "There is no such resource");
    public static readonly ProblemKind UnknownModule = new("unknown-module", 404, "There is no such module");
    public static readonly ProblemKind UnknownMember = new("unknown-member", 404, "The module has no such reducer, query or table");
    public static readonly ProblemKind NotParked = new("not-parked", 404, "Nothing is parked under that number");
    public static readonly ProblemKind AlreadyConnected = new("already-connected", 409, "The socket is connected to the module already");
    public static readonly ProblemKind NotConnected = new("not-connected", 409, "The socket is not connected to the module");
    public static readonly ProblemKind TooLarge = new("too-large", 413, "The request is too large");
    public static readonly ProblemKind MediaType = new("media-type", 415, "The body is of another type than wanted");
    public static readonly ProblemKind Rejected = new("rejected", 422, "The module rejected the call; nothing was changed");
    public static readonly ProblemKind ModuleRefused = new("module-refused", 422, "The module cannot be published");
    public static readonly ProblemKind KeyReused = new("idempotency-key-reused", 422, "The idempotency key was used for another call");
    public static readonly ProblemKind ChangedEffects =
        new("changed-effects", 422, "The new code does something else with recorded calls; nothing was changed");
    public static readonly ProblemKind ScanTooLarge = new("scan-too-large", 422, "Too many rows would have to be looked at");
    public static readonly ProblemKind TooManyRequests = new("too-many-requests", 429, "Too many requests at once", 1);
    public static readonly ProblemKind Trapped = new("trapped", 500, "The module trapped; nothing was changed");
    public static readonly ProblemKind Internal = new("internal", 500, "The host failed");
    public static readonly ProblemKind StoreDamaged = new("store-damaged", 500, "The store holds damaged data");
    public static readonly ProblemKind Retry = new("retry", 503, "The call was not committed and may be made again", 1);
    public static readonly ProblemKind NotOwner = new("not-owner", 503, "Another host owns the module; the call was not committed", 1);
    public static readonly ProblemKind NotReady = new("not-ready", 503, "The host takes no calls now", 1);
    public static readonly ProblemKind ModuleUnavailable = new("module-unavailable", 503, "The module takes no calls now");
    public static readonly ProblemKind StoreUnavailable = new("store-unavailable", 503, "The store cannot be reached", 1);
    public static readonly ProblemKind UnknownOutcome = new("unknown-outcome", 504, "It is not known whether the call was committed");

    /// <summary>The type, a URN that ends with the slug.</summary>
    public string Type => Prefix + Slug;
}
