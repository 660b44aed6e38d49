using System.Threading.RateLimiting;
using Interstice.Server.Hosting;
using Interstice.Server.Sockets;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>How many requests are answered at once.</summary>
internal sealed class RequestBounds(IntersticeOptions options) : IDisposable
{
    // Each holds a module's tables once more.
    private const int PastsMax = 2;

    /// <summary>All of them.</summary>
    public RateLimiter All { get; } = Of(options.RequestsMax);

    /// <summary>Those that read the log.</summary>
    public RateLimiter Readers { get; } = Of(options.LogReadersMax);

    /// <summary>Those that rebuild tables as of an earlier revision.</summary>
    public RateLimiter Pasts { get; } = Of(Math.Min(PastsMax, options.LogReadersMax));

    /// <summary>Sockets that are open.</summary>
    public ConcurrencyLimiter Sockets { get; } = Of(options.SocketsMax);

    /// <summary>How many sockets are open.</summary>
    public long SocketCount => options.SocketsMax - Sockets.GetStatistics()!.CurrentAvailablePermits;

    /// <summary>The bound that a request counts for, and what it is called: a socket stays, and does not take the place of requests.</summary>
    public (RateLimiter Bound, string What) Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<SocketMark>() is null ? (All, "as many requests") : (Sockets, "as many sockets");

    /// <summary>Takes a place; disposing it gives it back.</summary>
    /// <exception cref="ProblemException">All are taken.</exception>
    public static RateLimitLease Enter(RateLimiter bound, string what)
    {
        RateLimitLease lease = bound.AttemptAcquire();
        if (lease.IsAcquired) return lease;
        lease.Dispose();
        throw new ProblemException(ProblemKind.TooManyRequests, $"{what} as this host answers at once are under way; try again later");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        All.Dispose();
        Readers.Dispose();
        Pasts.Dispose();
        Sockets.Dispose();
    }

    private static ConcurrencyLimiter Of(int max) => new(new ConcurrencyLimiterOptions { PermitLimit = max, QueueLimit = 0 });
}
