using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.TestKit.EventStores;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Host.Tests.Models;

/// <summary>A host over a store that outlives it, through a connection of its own that can be cut, with a clock that the test moves.</summary>
internal sealed class ModelHost : IAsyncDisposable
{
    public static readonly Identity Caller = Identity.Of("tests", "caller");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly ModelClock _clock;

    private ModelHost(ServiceProvider services, FaultInjectingStore store, ModelClock clock)
    {
        _services = services;
        _clock = clock;
        Store = store;
        Host = services.GetRequiredService<ModuleHost>();
        Mediator = services.GetRequiredService<IMediator>();
    }

    public FaultInjectingStore Store { get; }

    public ModuleHost Host { get; }

    public IMediator Mediator { get; }

    public static async Task<ModelHost> StartAsync(IEventStore inner, SnapshotStore snapshots, ModelClock clock, bool takesOneStreamOnly)
    {
        var store = new FaultInjectingStore(inner) { TakesOneStreamOnly = takesOneStreamOnly };
        ModuleHostOptions options = new()
        {
            Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan },
            Loop = new() { ResolveTimeout = TimeSpan.FromHours(1), StopTimeout = TimeSpan.FromSeconds(1) },
            Snapshots = new() { EveryEvents = 0 },
        };
        ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(store)
            .AddSingleton(snapshots)
            .AddSingleton<IModuleEngine>(new ManagedModuleEngine())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<TimeProvider>(clock.Time)
            .AddIntersticeHost(options)
            .BuildServiceProvider();
        var host = new ModelHost(services, store, clock);
        await host.PassAsync(host.Host.StartAsync(), "the host to start");
        return host;
    }

    public Task<CallOutcome> CallAsync(string module, ModelStep[] steps, string? key = null) =>
        Mediator.Send(new CallReducer(module, ModelSchema.Reducer, ModelStep.Arguments(steps), Caller, key));

    public Task<QueryOutcome> AskAsync(string module, ModelStep[] steps) =>
        Mediator.Send(new RunQuery(module, "ask", ModelStep.Arguments(steps), Caller));

    /// <summary>Waits for something that may need a pause of the host to go by.</summary>
    public async Task PassAsync(Task task, string what)
    {
        await PassUntilAsync(() => task.IsCompleted, what);
        await task;
    }

    public async Task PassUntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (int looks = 1; !condition(); looks++)
        {
            patience.IsCancellationRequested.ShouldBeFalse(
                $"waited in vain for {what}; {string.Join(", ", Host.Names.Select(Host.StandingOf))}; {Store.AppendCount} appends");
            await Task.Yield();
            if (looks % 4096 == 0) _clock.Pause();
        }
    }

    /// <summary>Waits until every module is owned and its loop has done what was to do at once.</summary>
    public async Task CalmAsync(IEnumerable<string> modules)
    {
        foreach (string module in modules)
        {
            await PassUntilAsync(
                () => Host.StandingOf(module) is { Role: ModuleRole.Owner, FailedAttempts: 0 }, $"{module} to be owned: {Host.StandingOf(module)}");
            for (int i = 0; i < 3; i++) await PassAsync(Host.ViewAsync(module, _ => true), $"a look at {module}");
        }
    }

    /// <summary>Ends the host in good order.</summary>
    public Task StopAsync() => PassAsync(_services.DisposeAsync().AsTask(), "the host to end");

    /// <summary>Cuts the connection for good and ends the host, as far as it lets itself be ended.</summary>
    public ValueTask DisposeAsync()
    {
        Store.IsUnreachable = true;
        Store.OpenGate();
        return new(StopAsync());
    }
}
