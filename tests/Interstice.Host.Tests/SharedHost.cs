using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.ManagedEngine;
using Interstice.TestKit.EventStores;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Host.Tests;

/// <summary>A host over a store that others use too, through a connection of its own that can be cut.</summary>
internal sealed class SharedHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private SharedHost(ServiceProvider services, FaultInjectingStore store)
    {
        _services = services;
        Store = store;
        Host = services.GetRequiredService<ModuleHost>();
        Mediator = services.GetRequiredService<IMediator>();
    }

    /// <summary>The connection.</summary>
    public FaultInjectingStore Store { get; }

    public ModuleHost Host { get; }

    public IMediator Mediator { get; }

    public static async Task<SharedHost> StartAsync(IEventStore shared, ModuleHostOptions? options = null, TimeProvider? time = null)
    {
        SharedHost host = Make(shared, options, time);
        await host.Host.StartAsync();
        return host;
    }

    /// <summary>Makes a host without starting it.</summary>
    public static SharedHost Make(
        IEventStore shared, ModuleHostOptions? options = null, TimeProvider? time = null, bool isShared = false)
    {
        var store = new FaultInjectingStore(shared) { CanBeShared = isShared };
        ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(store)
            .AddSingleton<IModuleEngine>(new ManagedModuleEngine())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(time ?? TimeProvider.System)
            .AddIntersticeHost(options)
            .BuildServiceProvider();
        return new SharedHost(services, store);
    }

    /// <summary>Opens an account of the bank: a transaction of one event without money, of two with.</summary>
    public Task<CallOutcome> OpenAccountAsync(string owner, long money = 0, string? key = null)
    {
        using var arguments = new PayloadWriter();
        arguments.String(owner);
        arguments.Int64(money);
        return Mediator.Send(new CallReducer("bank", "open_account", arguments.Written.ToArray(), HostFixture.Tester, key));
    }

    /// <summary>Accounts of an owner.</summary>
    public async Task<int> CountAccountsAsync(string owner)
    {
        using var arguments = new PayloadWriter();
        arguments.String(owner);
        QueryOutcome outcome = await Mediator.Send(new RunQuery("bank", "accounts_of", arguments.Written.ToArray(), HostFixture.Tester));
        return BitConverter.ToInt32(outcome.ShouldBeOfType<QueryOutcome.Answered>(outcome.ToString()).Value.Span);
    }

    /// <summary>Rows of all tables.</summary>
    public Task<long> CountRowsAsync() =>
        Host.ViewAsync("bank", projection => projection.State!.Tables.ToArray().Sum(table => (long)table.Count));

    /// <summary>Cuts the connection for good and ends the host, as far as it lets itself be ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Store.IsUnreachable = true;
        Store.OpenGate();
        await _services.DisposeAsync();
    }
}
