using EventStore.Client;
using Interstice.Kernel.Events;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Interstice.EventStoreDb;

/// <summary>What the client's exceptions mean.</summary>
/// <param name="server">Names the server in messages, without credentials.</param>
/// <param name="hasCredentials">Whether the connection string holds any.</param>
internal sealed class StoreFailures(string server, bool hasCredentials = true)
{
    private int _isClosed;

    /// <summary>Whether the store was closed: every question that fails from then on fails for that, and none is tried again.</summary>
    internal bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>The store is closed.</summary>
    /// <returns>False if it was before.</returns>
    internal bool Close() => Interlocked.Exchange(ref _isClosed, 1) == 0;

    /// <summary>For an append: what is not known to have written nothing has an unknown outcome.</summary>
    internal EventStoreException OfAppend(StreamName stream, Exception failure) => failure switch
    {
        TimeoutRejectedException => new(
            EventStoreErrorKind.Unknown,
            $"stream {stream}: {server} did not answer an append in time; it may be written, read the stream to know",
            failure),
        _ => Known(failure) ?? new(
            EventStoreErrorKind.Unknown,
            $"stream {stream}: the answer of {server} to an append was lost ({failure.Message}); it may be written, read the stream to know",
            failure),
    };

    /// <summary>For an append that a node refused because it does not lead, and that was under way alone.</summary>
    internal EventStoreException OfRefusedByFollower(StreamName stream, NotLeaderException failure) => new(
        EventStoreErrorKind.Unavailable,
        $"stream {stream}: the node of {server} that was asked does not lead its cluster ({failure.LeaderEndpoint} does), and wrote nothing; try again",
        failure);

    /// <summary>For settings of a stream that were sent, and of which no answer says whether they are kept.</summary>
    internal EventStoreException OfLostSettings(StreamName stream, Exception failure) => new(
        EventStoreErrorKind.Unknown,
        $"stream {stream}: {server} did not say whether it keeps the settings ({failure.Message}); they may be kept, ask for them to know",
        failure);

    /// <summary>For what only asks, or may be repeated.</summary>
    internal EventStoreException OfQuestion(Exception failure) => failure switch
    {
        _ when IsClosed => Closed(),
        TimeoutRejectedException => new(EventStoreErrorKind.Unavailable, $"{server} did not answer in time", failure),
        _ => Known(failure) ?? new(EventStoreErrorKind.Unavailable, $"{server} could not be asked: {failure.Message}", failure),
    };

    /// <summary>The failure of a store that was closed.</summary>
    internal static EventStoreException Closed() => new(EventStoreErrorKind.Unavailable, "the store is closed");

    private EventStoreException? Known(Exception failure) => failure switch
    {
        EventStoreException known => known,
        ObjectDisposedException => Closed(),
        BrokenCircuitException => new(
            EventStoreErrorKind.Unavailable, $"{server} has not answered lately; nothing was sent, try again in a moment", failure),
        MaximumAppendSizeExceededException large => new(
            EventStoreErrorKind.TooLarge,
            $"{server} takes at most {large.MaxAppendSize} bytes in one append; raise its MaxAppendSize or write less at once",
            failure),
        StreamDeletedException deleted => new(
            EventStoreErrorKind.StreamDeleted,
            $"stream {deleted.Stream} was deleted: for ever, or one that exists was expected; if for ever, use another name",
            failure)
        {
            Stream = StreamOf(deleted.Stream),
        },
        NotAuthenticatedException => new(
            EventStoreErrorKind.Refused, $"{server} does not accept the credentials; check user and password of the connection string", failure),
        AccessDeniedException => new(
            EventStoreErrorKind.Refused,
            hasCredentials
                ? $"{server} does not let this user do that; check the user's rights and the stream's access list"
                : $"{server} does not let a caller without credentials do that; write esdb://user:password@HOST, unless what it serves may only be read",
            failure),
        RequiredMetadataPropertyMissingException => new(EventStoreErrorKind.Refused, $"{server} refused an event: {failure.Message}", failure),
        DiscoveryException => new(
            EventStoreErrorKind.Unavailable, $"no node of {server} was found ({failure.Message}); check hosts and ports", failure),
        _ => NotConnected(failure),
    };

    private static StreamName? StreamOf(string name)
    {
        try
        {
            return new StreamName(name);
        }
        catch (ArgumentException)
        {
            return null; // the server did not say which
        }
    }

    // Both clients pass on what the framework's HTTP client says, and it says apart that a connection was never made: nothing was sent.
    private EventStoreException? NotConnected(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is not HttpRequestException http) continue;
            switch (http.HttpRequestError)
            {
                case HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError:
                    return new(
                        EventStoreErrorKind.Unavailable, $"{server} cannot be reached ({http.Message}); check address, port and that it runs", failure);
                case HttpRequestError.SecureConnectionError:
                    return new(
                        EventStoreErrorKind.Unavailable,
                        $"{server}: no TLS connection ({http.InnerException?.Message ?? http.Message}); check tls, tlsVerifyCert and tlsCaFile "
                            + "of the connection string",
                        failure);
            }
        }

        return null;
    }
}
