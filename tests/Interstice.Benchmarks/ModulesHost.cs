using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Benchmarks;

/// <summary>A host with small modules over a journal in a folder of its own.</summary>
internal sealed class ModulesHost : IAsyncDisposable
{
    private static readonly Identity Caller = Identity.Of("benchmarks", "client");

    private readonly string _directory;
    private readonly JournalStore _journal;
    private readonly ServiceProvider _services;
    private readonly IMediator _mediator;

    private ModulesHost(string directory, JournalStore journal)
    {
        _directory = directory;
        _journal = journal;
        _services = new ServiceCollection()
            .AddSingleton<IEventStore>(journal)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIntersticeHost()
            .BuildServiceProvider();
        _mediator = _services.GetRequiredService<IMediator>();
    }

    public ModuleHost Host => _services.GetRequiredService<ModuleHost>();

    /// <summary>Starts a host without modules.</summary>
    public static async Task<ModulesHost> StartAsync()
    {
        string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        ModulesHost host = new(directory, await JournalStore.OpenAsync(new JournalOptions { Directory = directory }));
        await host.Host.StartAsync();
        return host;
    }

    /// <summary>Publishes a binary of tests/modules/plain.</summary>
    /// <param name="binary">Its name without extension.</param>
    /// <param name="name">The module's name.</param>
    public async Task PublishAsync(string binary, string name) => await _mediator.Send(new PublishModule(
        await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", binary + ".wasm")), Caller, name));

    /// <summary>One call, answered when it is durable.</summary>
    public async Task CallAsync(string module, string reducer, byte[] arguments)
    {
        CallOutcome outcome = await _mediator.Send(new CallReducer(module, reducer, arguments, Caller));
        if (outcome is not CallOutcome.Committed) throw new InvalidOperationException($"{module}.{reducer} failed: {outcome}");
    }

    /// <summary>Makes calls for a time and counts those that are durable.</summary>
    /// <param name="load">How many at a time.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="call">Makes one.</param>
    public static Task<double> PerSecondAsync(Load load, double seconds, Func<Task> call) =>
        Clients.PerSecondAsync(load, accounts: 2, seconds, seed: 1, (_, _, _) => call());

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _journal.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
