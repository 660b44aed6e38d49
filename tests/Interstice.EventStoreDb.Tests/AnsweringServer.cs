using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Interstice.EventStoreDb.Tests;

/// <summary>A server that speaks the protocol and answers as a test wants.</summary>
internal sealed class AnsweringServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AnsweringServer(WebApplication application) => _application = application;

    /// <summary>Where it listens: host and port.</summary>
    internal string Authority => _application.Urls.Single()["http://".Length..];

    internal string ConnectionString => $"esdb://{Authority}?tls=false";

    /// <summary>How many calls have come, but for questions about what the server supports.</summary>
    internal int CallCount { get; private set; }

    /// <summary>How many calls the client has given up.</summary>
    internal int AbandonedCount { get; private set; }

    /// <summary>Waits until something holds of the calls.</summary>
    internal async Task UntilAsync(Func<AnsweringServer, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(this)) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Answers every call by itself.</summary>
    internal static async Task<AnsweringServer> StartAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var server = new AnsweringServer(builder.Build());
        server._application.Run(context => server.AnswerAsync(context, answer));
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Ends every call with a status.</summary>
    internal static Task<AnsweringServer> StartAsync(int status, string message, string? exception = null) => StartAsync(context =>
    {
        End(context, status, message, exception);
        return Task.CompletedTask;
    });

    /// <summary>Says what it supports, which is little, and answers nothing else.</summary>
    internal static Task<AnsweringServer> StartHangingAsync() => StartAsync(HangAsync);

    /// <summary>Ends a call with a status.</summary>
    internal static void End(HttpContext context, int status, string message, string? exception = null)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.AppendTrailer("grpc-status", $"{status}");
        context.Response.AppendTrailer("grpc-message", message);
        if (exception is not null) context.Response.AppendTrailer("exception", exception);
    }

    /// <summary>Does not answer a call.</summary>
    internal static Task HangAsync(HttpContext context)
    {
        if (!IsAboutFeatures(context)) return Task.Delay(Timeout.Infinite, context.RequestAborted);
        End(context, 12, "an old server");
        return Task.CompletedTask;
    }

    /// <summary>Whether a call asks what the server supports, which clients do first.</summary>
    internal static bool IsAboutFeatures(HttpContext context) =>
        context.Request.Path.Value!.EndsWith("/GetSupportedMethods", StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, RequestDelegate answer)
    {
        if (IsAboutFeatures(context))
        {
            await answer(context);
            return;
        }

        Note(() => CallCount++);
        await using CancellationTokenRegistration abandoned = context.RequestAborted.Register(() => Note(() => AbandonedCount++));
        await answer(context);
    }

    private void Note(Action change)
    {
        lock (_lock)
        {
            change();
            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
