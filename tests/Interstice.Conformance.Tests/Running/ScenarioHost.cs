using Interstice.Conformance.Tests.Places;
using Interstice.Host;
using Interstice.Host.Modules;
using Interstice.Host.Notifications;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.TestKit.EventStores;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Conformance.Tests.Running;

/// <summary>A host over the store of a place, which can be killed.</summary>
internal sealed class ScenarioHost
{
    private readonly ScenarioPlace _place;
    private readonly ServiceProvider _services;

    private ScenarioHost(ScenarioPlace place, FaultInjectingStore store, ServiceProvider services)
    {
        (_place, Store, _services) = (place, store, services);
        Host = services.GetRequiredService<ModuleHost>();
        Mediator = services.GetRequiredService<IMediator>();
    }

    /// <summary>What calls may use: little enough that every attack on a limit ends soon.</summary>
    public static ModuleHostOptions Options { get; } = new()
    {
        Limits = new()
        {
            FuelPerCall = 50_000_000,
            FuelPerQuery = 50_000_000,
            MemoryPagesMax = 128,
            MutationsMax = 10_000,
            TimersMax = 10,

            // A scenario that moves the clock must not stop what runs meanwhile.
            CallTimeMax = Timeout.InfiniteTimeSpan,
        },
        Replicas = new() { HeartbeatInterval = TimeSpan.FromMilliseconds(100) },

        // Only a scenario lets so much time pass.
        Subscriptions = new() { BackoffMin = TimeSpan.FromMinutes(10), BackoffMax = TimeSpan.FromDays(1) },
    };

    public FaultInjectingStore Store { get; }

    public ModuleHost Host { get; }

    public IMediator Mediator { get; }

    public static async Task<ScenarioHost> StartAsync(ScenarioPlace place, ScenarioClock clock, HeardNotifications heard)
    {
        IEventStore connection = await place.ConnectAsync();
        var store = new FaultInjectingStore(connection) { CanBeShared = place is ServerPlace };
        ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(store)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<INotificationHandler<ModuleNotification>>(heard)
            .AddIntersticeHost(Options)
            .BuildServiceProvider();
        var host = new ScenarioHost(place, store, services);
        await services.GetRequiredService<NotificationFeed>().StartAsync();
        await host.Host.StartAsync();
        return host;
    }

    /// <summary>Ends the host as a process that is killed ends: nothing that it would do from now on reaches the store.</summary>
    public async Task KillAsync()
    {
        await Store.CutAsync();
        Store.BreakSubscriptions();
        await _place.KillAsync();
        await _services.DisposeAsync();
    }
}
