using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.ManagedEngine;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.EventStoreDb.Tests;

/// <summary>The bank in a host of its own, over a store that is closed with it.</summary>
internal sealed class HostedBank(IEventStore store, ServiceProvider services) : IAsyncDisposable
{
    internal const string Module = "bank";

    private static readonly Identity Caller = Identity.Of("tests", "caller");

    private readonly IMediator _mediator = services.GetRequiredService<IMediator>();

    internal static async Task<HostedBank> StartAsync(IEventStore store, ModuleHostOptions? options = null)
    {
        ServiceProvider services = new ServiceCollection()
            .AddSingleton(store)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIntersticeHost(options)
            .BuildServiceProvider();
        var host = new HostedBank(store, services);
        try
        {
            await services.GetRequiredService<ModuleHost>().StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    internal async Task PublishAsync()
    {
        byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", "bank.wasm"));
        await _mediator.Send(new PublishModule(binary, Caller));
    }

    internal async Task OpenAsync(string owner, long initial)
    {
        using var arguments = new PayloadWriter();
        arguments.String(owner);
        arguments.Int64(initial);
        (await CallAsync("open_account", arguments.Written.ToArray())).ShouldBeOfType<CallOutcome.Committed>();
    }

    internal async Task TransferAsync(ulong from, ulong to, long amount)
    {
        CallOutcome outcome = await TryTransferAsync(from, to, amount);
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    internal Task<CallOutcome> TryTransferAsync(ulong from, ulong to, long amount)
    {
        using var arguments = new PayloadWriter();
        arguments.UInt64(from);
        arguments.UInt64(to);
        arguments.Int64(amount);
        return CallAsync("transfer", arguments.Written.ToArray());
    }

    internal ModuleHost Host => services.GetRequiredService<ModuleHost>();

    internal async Task PublishAsync(params string[] binaries)
    {
        foreach (string name in binaries)
        {
            byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", name + ".wasm"));
            await _mediator.Send(new PublishModule(binary, Caller));
        }
    }

    /// <summary>Publishes a binary under another name.</summary>
    internal async Task PublishAsAsync(string binary, string module)
    {
        byte[] code = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", binary + ".wasm"));
        await _mediator.Send(new PublishModule(code, Caller, module));
    }

    internal Task<CallOutcome> CallAsync(string module, string reducer, byte[] arguments) =>
        _mediator.Send(new CallReducer(module, reducer, arguments, Caller));

    internal Task<StateHash> HashAsync() =>
        services.GetRequiredService<ModuleHost>().ViewAsync(Module, projection => projection.StateHash);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await store.DisposeAsync();
    }

    internal Task<CallOutcome> CallAsync(string reducer, byte[] arguments, string? key = null) =>
        _mediator.Send(new CallReducer(Module, reducer, arguments, Caller, key));
}
