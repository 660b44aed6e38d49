using System.Globalization;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.EventStoreDb;

/// <summary>Runs calls: reads their headers, and ends each with a status whatever happens in it.</summary>
/// <param name="options">Settings of the endpoint.</param>
/// <param name="logger">Told of failures that no rule names.</param>
/// <param name="stopping">Set when the server stops.</param>
internal sealed partial class CallRunner(EndpointOptions options, ILogger logger, CancellationToken stopping)
{
    private int _running;

    /// <summary>How many calls are under way.</summary>
    internal int Running => Volatile.Read(ref _running);

    /// <summary>Runs one call.</summary>
    /// <param name="context">The request.</param>
    /// <param name="requests">Reads its messages.</param>
    /// <param name="rules">What holds for calls of its method.</param>
    /// <param name="answer">Answers it.</param>
    internal async Task RunAsync<TRequest, TResponse>(
        HttpContext context, MessageParser<TRequest> requests, MethodRules rules, Func<ServerCall<TRequest, TResponse>, Task> answer)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        if (!IsGrpc(context)) return;
        LiftLimits(context);
        context.Response.ContentType = GrpcFrames.ContentType;
        Interlocked.Increment(ref _running);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            if (TimeoutOf(context) is { } timeout && timeout <= GrpcTimeout.TimerMax) ended.CancelAfter(timeout);
            ExpectAllowed(context, rules);
            TimeSpan patience = rules.HasFlag(MethodRules.MayBeSilent) ? Timeout.InfiniteTimeSpan : options.RequestTimeout;
            await answer(new ServerCall<TRequest, TResponse>(context, requests, patience, ended.Token)).ConfigureAwait(false);
            End(context, GrpcStatusCode.Ok, null);
        }
        catch (OperationCanceledException)
        {
            if (context.RequestAborted.IsCancellationRequested) context.Abort();
            else if (stopping.IsCancellationRequested) End(context, GrpcStatusCode.Unavailable, "the server is stopping");
            else End(context, GrpcStatusCode.DeadlineExceeded, "the deadline has passed");
        }
        catch (CallFailureException failure)
        {
            End(context, failure);
        }
        catch (GrpcException failure)
        {
            End(context, failure.Code, failure.Message);
        }
        catch (EventStoreException failure)
        {
            End(context, CallFailureException.Of(failure, options.AppendBytesMax));
        }
        catch (IOException fault) when (context.RequestAborted.IsCancellationRequested || IsGone(fault))
        {
            context.Abort();
        }
        catch (Exception failure)
        {
            // A fault in this program must not end it, nor tell a stranger of its inside.
            LogFailed(failure, context.Request.Path);
            End(context, GrpcStatusCode.Unknown, "the server failed; its log says how");
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Ends a call to a method that is not there.</summary>
    internal static Task RefuseUnknown(HttpContext context)
    {
        if (!IsGrpc(context)) return Task.CompletedTask;
        context.Response.ContentType = GrpcFrames.ContentType;
        End(context, GrpcStatusCode.Unimplemented, $"there is no method {context.Request.Path}");
        return Task.CompletedTask;
    }

    private void ExpectAllowed(HttpContext context, MethodRules rules)
    {
        if (options.Credentials is not { } credentials) return;
        switch (credentials.StandingOf(context.Request.Headers.Authorization))
        {
            case EndpointCredentials.Standing.Wrong:
                throw new CallFailureException(GrpcStatusCode.Unauthenticated, "the credentials are not known");
            case EndpointCredentials.Standing.Anonymous when !rules.HasFlag(MethodRules.ForEverybody):
                throw CallFailureException.AccessDenied("callers must say who they are; put user and password into the connection string");
        }
    }

    private static bool IsGrpc(HttpContext context)
    {
        bool isGrpc = HttpProtocol.IsHttp2(context.Request.Protocol)
            && context.Request.ContentType?.StartsWith(GrpcFrames.ContentType, StringComparison.Ordinal) == true;
        if (!isGrpc) context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return isGrpc;
    }

    // A call may last for years and send at any rate; flow control and the bounds of each call hold what it takes.
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    private static TimeSpan? TimeoutOf(HttpContext context)
    {
        string? header = context.Request.Headers[GrpcTimeout.Header];
        if (string.IsNullOrEmpty(header)) return null;
        return GrpcTimeout.TryParse(header, out TimeSpan timeout)
            ? timeout
            : throw CallFailureException.Invalid($"\"{header}\" is no {GrpcTimeout.Header}");
    }

    private static void End(HttpContext context, CallFailureException failure)
    {
        foreach ((string name, string value) in failure.Trailers) context.Response.AppendTrailer(name, value);
        End(context, failure.Code, failure.Message);
    }

    private static void End(HttpContext context, GrpcStatusCode code, string? message)
    {
        context.Response.AppendTrailer(GrpcStatus.CodeHeader, ((int)code).ToString(CultureInfo.InvariantCulture));
        if (message is not null) context.Response.AppendTrailer(GrpcStatus.MessageHeader, GrpcStatus.Escape(message));
    }

    // The connection may be found broken before the request is told of it.
    private static bool IsGone(IOException fault) => fault.GetBaseException() is ConnectionAbortedException or ConnectionResetException;

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of {Path} failed")]
    private partial void LogFailed(Exception failure, string path);
}
