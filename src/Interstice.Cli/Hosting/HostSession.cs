using Interstice.Cli.Stores;
using Interstice.Host;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Replay;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Interstice.Cli.Hosting;

/// <summary>A host over one store, composed and rebuilt by replay. Disposing it ends the loops; the store stays
/// open.</summary>
internal sealed class HostSession : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private HostSession(ServiceProvider services, IReadOnlyList<ReplayResult> replays)
    {
        _services = services;
        Replays = replays;
        Modules = services.GetRequiredService<ModuleHost>();
        Mediator = services.GetRequiredService<IMediator>();
    }

    /// <summary>The modules.</summary>
    public ModuleHost Modules { get; }

    /// <summary>Takes calls, queries and publications.</summary>
    public IMediator Mediator { get; }

    /// <summary>What was replayed at start.</summary>
    public IReadOnlyList<ReplayResult> Replays { get; }

    /// <summary>Composes a host and rebuilds its modules, from their snapshots where there are good ones.</summary>
    /// <param name="session">The session; shows progress.</param>
    /// <param name="store">The store; the caller disposes it after the host.</param>
    /// <param name="isReader">Whether the host only reads: it takes no snapshots and owns no module then.</param>
    public static async Task<HostSession> StartAsync(
        Session session,
        OpenStore store,
        bool isReader = false)
    {
        var services = new ServiceCollection();
        services.AddStore(session, store, isReader);
        services.AddSingleton(session.Engine ?? throw new InvalidOperationException("the command chose no engine"));
        services.AddSingleton<ILoggerFactory>(new StderrLog(session.IsVerbose ? LogLevel.Debug : LogLevel.Error));
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        ModuleHostOptions set = HostSettings.OfModules();
        services.AddIntersticeHost(new ModuleHostOptions
        {
            Limits = set.Limits,
            Keys = set.Keys,
            Snapshots = SnapshotAccess.Options(session, isReader),
            Replicas = new ReplicaOptions { FollowsOnly = isReader },
        });
        ServiceProvider provider = services.BuildServiceProvider();
        try
        {
            session.Progress.Begin("replaying");
            IReadOnlyList<ReplayResult> replays = await provider
                .GetRequiredService<ModuleHost>()
                .StartAsync(new ReplayDisplay(session.Progress), session.Stopping)
                .ConfigureAwait(false);
            session.Progress.Clear();
            if (!session.IsVerbose) SnapshotAccess.Report(replays.SelectMany(replay => replay.Refused));
            return new HostSession(provider, replays);
        }
        catch
        {
            await provider.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
