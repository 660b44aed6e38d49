using System.Diagnostics;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Notifications;
using Interstice.Host.Ownership;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using MediatR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.Hosting;

/// <summary>Starts the modules' host in the background of an application: waits for the store, replays, publishes what it was given.
/// A start that fails ends the application.</summary>
/// <remarks>The application disposes the modules' host with its services, after everything else has stopped: calls that were begun
/// are finished by then.</remarks>
internal sealed partial class IntersticeService(
    ModuleHost host,
    NotificationFeed notifications,
    HostMetrics metrics,
    IEventStore store,
    IMediator mediator,
    IntersticeOptions options,
    HostState state,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<IntersticeService> logger) : BackgroundService
{
    private const string Publishing = "publish";
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        state.Enter(HostPhase.Stopping);
        LogStopping();
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Made with the service, so that they are there from the start.
        ArgumentNullException.ThrowIfNull(metrics);
        using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.Register(() => state.Enter(HostPhase.Stopping));
        try
        {
            await WaitForStoreAsync(stoppingToken).ConfigureAwait(false);
            await ReplayAsync(stoppingToken).ConfigureAwait(false);
            await notifications.StartAsync(stoppingToken).ConfigureAwait(false);
            await PublishAsync(stoppingToken).ConfigureAwait(false);
            state.Enter(HostPhase.Running);
            LogRunning(host.Names.Count);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (ObjectDisposedException fault) when (fault.ObjectName == nameof(IServiceProvider))
        {
            // The application ended before the start was done, as one does whose web server does not start, which tells why.
        }
        catch (Exception fault)
        {
            LogFailed(IsExpected(fault) ? null : fault, fault.Message);
            state.Fail(fault);
            lifetime.StopApplication();
        }
    }

    private async Task WaitForStoreAsync(CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            try
            {
                Task asking = store.GetLastRevisionAsync(StreamNames.Modules, cancellationToken).AsTask();

                // A store may ask its server several times before it gives up, which takes seconds.
                if (await Task.WhenAny(asking, Task.Delay(StorePause, time, cancellationToken)).ConfigureAwait(false) != asking)
                    LogAsking();
                await asking.ConfigureAwait(false);
                return;
            }
            catch (EventStoreException fault) when (fault.Kind == EventStoreErrorKind.Unavailable
                && time.GetElapsedTime(started) < options.StoreWait)
            {
                LogWaiting(fault.Message, options.StoreWait);
                await Task.Delay(StorePause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ReplayAsync(CancellationToken cancellationToken)
    {
        state.Enter(HostPhase.Replaying);
        using Activity? span = HostTelemetry.Source.StartActivity("replay");
        var log = new ReplayLog(state, time, logger);
        IReadOnlyList<ReplayResult> replays = await host.StartAsync(log, cancellationToken).ConfigureAwait(false);
        state.Replayed(replays);
        span?.SetTag("interstice.events", replays.Sum(replay => replay.Events));
        foreach (ReplayResult replay in replays)
        {
            LogReplayed(
                replay.Module, replay.Events, replay.Elapsed, replay.StateHash, host.StandingOf(replay.Module)?.Role, ReplayLog.Operation);
        }

        foreach (ModuleStatus module in host.Status)
            if (module.StoppedBecause is { } reason) LogStopped(module.Module, reason);
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (options.Modules.Count > 0) state.Enter(HostPhase.Publishing);
        foreach (StartupModule module in options.Modules)
        {
            PublishResult result;
            try
            {
                result = await mediator
                    .Send(new PublishModule(module.Binary, module.Publisher, module.Name), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (ModuleUnavailableException unavailable) when (unavailable.Kind == CallRefusal.NotOwner)
            {
                // A host that follows runs what the owner publishes; to end would only be to be started again.
                LogNotPublished(Publishing, module.Source, unavailable.Message);
                continue;
            }
            catch (ModuleRefusedException refused)
            {
                throw new ModuleRefusedException(refused.Kind, $"{module.Source}: {refused.Message}", refused);
            }

            LogPublished(module.Source, result.Module, result.Version, result.Changed, Publishing);
            foreach (string warning in result.Warnings) LogWarning(result.Module, warning, Publishing);
        }
    }

    // What its message explains; where in the program it was found says nothing to whoever can mend it.
    private static bool IsExpected(Exception fault) => fault is EventStoreException or ModuleRefusedException;

    [LoggerMessage(Level = LogLevel.Warning, Message = "waiting for the store: it has not answered yet")]
    private partial void LogAsking();

    [LoggerMessage(Level = LogLevel.Warning, Message = "waiting for the store, up to {Wait}: {Reason}")]
    private partial void LogWaiting(string reason, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of {Module}: {Events} events in {Elapsed}, state hash {StateHash}, role {Role}")]
    private partial void LogReplayed(string module, long events, TimeSpan elapsed, StateHash stateHash, ModuleRole? role, string operation);

    [LoggerMessage(Level = LogLevel.Error, Message = "module {Module} takes no calls: {Reason}")]
    private partial void LogStopped(string module, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of {Module}: {Source} is version {Version}, changed: {Changed}")]
    private partial void LogPublished(string source, string module, int version, bool changed, string operation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation}: {Source} is left to the module's owner: {Reason}")]
    private partial void LogNotPublished(string operation, string source, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} of {Module}: {Warning}")]
    private partial void LogWarning(string module, string warning, string operation);

    [LoggerMessage(Level = LogLevel.Information, Message = "taking calls; modules: {Modules}")]
    private partial void LogRunning(int modules);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: what was begun is finished first")]
    private partial void LogStopping();

    [LoggerMessage(Level = LogLevel.Critical, Message = "the host could not start: {Reason}")]
    private partial void LogFailed(Exception? fault, string reason);
}
