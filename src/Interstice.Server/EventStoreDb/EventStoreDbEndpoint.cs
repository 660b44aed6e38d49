using System.Net;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.EventStoreDb;

/// <summary>A server of its own that serves one store over EventStoreDB's gRPC protocol, without TLS.</summary>
public sealed class EventStoreDbEndpoint : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EventStoreDbEndpoint(WebApplication application) => _application = application;

    /// <summary>Where it listens: <c>http://HOST:PORT</c>.</summary>
    public Uri Address => new(_application.Urls.Single());

    /// <summary>Starts serving.</summary>
    /// <param name="store">The store; it stays the caller's, who closes it after the endpoint.</param>
    /// <param name="address">Where to listen; port 0 takes a free one.</param>
    /// <param name="options">Settings.</param>
    /// <param name="logging">Adds where logs go; null for nowhere.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<EventStoreDbEndpoint> StartAsync(
        IEventStore store,
        IPEndPoint address,
        EndpointOptions options,
        Action<ILoggingBuilder>? logging = null,
        CancellationToken cancellationToken = default)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.AddServerHeader = false;

            // A subscriber may be as slow as it likes: it holds no more than one batch.
            kestrel.Limits.MinResponseDataRate = null;
        });
        WebApplication application = builder.Build();
        try
        {
            application.UseRouting();
            application.MapEventStoreDb(store, options);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new EventStoreDbEndpoint(application);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends every call with a status, and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }
}
