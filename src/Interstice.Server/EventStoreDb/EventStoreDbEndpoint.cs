using System.Net;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.EventStoreDb;

/// <summary>A server of its own that serves one store over EventStoreDB's gRPC protocol.</summary>
public sealed partial class EventStoreDbEndpoint : IAsyncDisposable
{
    private const int ConnectionWindowBytes = 16 * 1024 * 1024;

    private readonly WebApplication _application;
    private readonly CallRunner _calls;

    private EventStoreDbEndpoint(WebApplication application, CallRunner calls)
    {
        _application = application;
        _calls = calls;
    }

    /// <summary>How many calls are under way.</summary>
    public int CallsUnderWay => _calls.Running;

    /// <summary>Where it listens: <c>http://HOST:PORT</c>, with TLS <c>https</c>.</summary>
    public Uri Address => new(_application.Urls.Single());

    /// <summary>Starts serving on an address of this machine alone, without TLS.</summary>
    /// <param name="store">The store; it stays the caller's, who closes it after the endpoint.</param>
    /// <param name="address">Where to listen; port 0 takes a free one.</param>
    /// <param name="options">Settings.</param>
    /// <param name="logging">Adds where logs go; null for nowhere.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    /// <exception cref="InvalidOperationException">Others reach it.</exception>
    public static Task<EventStoreDbEndpoint> StartAsync(
        IEventStore store,
        IPEndPoint address,
        EndpointOptions options,
        Action<ILoggingBuilder>? logging = null,
        CancellationToken cancellationToken = default) =>
        StartAsync(store, new EndpointBinding(address), options, logging, cancellationToken);

    /// <summary>Starts serving.</summary>
    /// <param name="store">The store; it stays the caller's, who closes it after the endpoint.</param>
    /// <param name="binding">Where to listen, and how that is protected.</param>
    /// <param name="options">Settings.</param>
    /// <param name="logging">Adds where logs go; null for nowhere.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    /// <exception cref="InvalidOperationException">Others reach it, and it is not protected.</exception>
    public static async Task<EventStoreDbEndpoint> StartAsync(
        IEventStore store,
        EndpointBinding binding,
        EndpointOptions options,
        Action<ILoggingBuilder>? logging = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(binding);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        binding.ExpectProtected(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(binding.Address, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (binding.Certificate is { } certificate) listen.UseHttps(certificate);
            });
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;

            // Calls that are held keep what they have sent in the window that all calls of a connection share, and the server widens that
            // again only when half of it was read: there must be room for the others beside several held ones.
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;

            // A subscriber may be as slow as it likes: it holds no more than one batch.
            kestrel.Limits.MinResponseDataRate = null;
        });
        WebApplication application = builder.Build();
        try
        {
            application.UseRouting();
            CallRunner calls = EndpointRoutes.Map(application, store, options);
            application.MapPost("/{**method}", CallRunner.RefuseUnknown);
            if (binding.Missing(options) is { } missing)
                LogInsecure(application.Services.GetRequiredService<ILogger<EventStoreDbEndpoint>>(), binding.Address, missing);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new EventStoreDbEndpoint(application, calls);
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

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "INSECURE: {Address} is reached by other machines and has no {Missing}; who reaches it may read and write everything")]
    private static partial void LogInsecure(ILogger logger, IPEndPoint address, string missing);
}
