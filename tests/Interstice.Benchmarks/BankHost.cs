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

/// <summary>The bank module in a host over a durable store, the journal in a folder of its own if nothing else is said.</summary>
internal sealed class BankHost : IAsyncDisposable
{
    public const string Module = "bank";
    public const long InitialBalance = 1_000_000_000;

    private static readonly Identity Caller = Identity.Of("benchmarks", "client");

    private readonly IEventStore _store;
    private readonly ServiceProvider _services;
    private readonly IMediator _mediator;

    private BankHost(string directory, IEventStore store, ServiceProvider services)
    {
        Directory = directory;
        _store = store;
        _services = services;
        _mediator = services.GetRequiredService<IMediator>();
    }

    public string Directory { get; }

    public ModuleHost Host => _services.GetRequiredService<ModuleHost>();

    public static async Task<BankHost> CreateAsync(int accounts)
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory });
        return await CreateAsync(accounts, journal, directory);
    }

    /// <summary>A bank over any store, which it closes.</summary>
    public static async Task<BankHost> CreateAsync(int accounts, IEventStore store, string directory)
    {
        ServiceProvider services = new ServiceCollection()
            .AddSingleton(store)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIntersticeHost()
            .BuildServiceProvider();
        var bank = new BankHost(directory, store, services);
        await bank.Host.StartAsync();
        byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", "bank.wasm"));
        await bank._mediator.Send(new PublishModule(binary, Caller));
        await bank.OpenAccountsAsync(accounts);
        return bank;
    }

    /// <summary>One transfer, answered when it is durable.</summary>
    public async Task TransferAsync(ulong from, ulong to, byte[] arguments)
    {
        BitConverter.TryWriteBytes(arguments, from);
        BitConverter.TryWriteBytes(arguments.AsSpan(8), to);
        BitConverter.TryWriteBytes(arguments.AsSpan(16), 1L);
        CallOutcome outcome = await _mediator.Send(new CallReducer(Module, "transfer", arguments, Caller));
        if (outcome is not CallOutcome.Committed) throw new InvalidOperationException($"a transfer failed: {outcome}");
    }

    /// <summary>Runs transfers between random accounts for a time and counts those that are durable.</summary>
    public Task<double> TransfersPerSecondAsync(Load load, int accounts, double seconds, int seed) =>
        Clients.PerSecondAsync(load, accounts, seconds, seed, TransferAsync);

    /// <summary>Position of the last event of the log, in bytes.</summary>
    public Task<ulong> LogEndAsync() => LogEndAsync(_store);

    /// <summary>Position of the last event of a log, in bytes.</summary>
    public static async Task<ulong> LogEndAsync(IEventStore store)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
            ReadDirection.Backwards, Position.End, new EventFilter.All(), maxCount: 1))
        {
            return batch.Span[0].Position.Commit;
        }

        return 0;
    }

    /// <summary>Ends the host and the journal; the files stay until <see cref="DisposeAsync"/>.</summary>
    public async Task StopAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task OpenAccountsAsync(int accounts)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, accounts),
            new ParallelOptions { MaxDegreeOfParallelism = 512 },
            async (i, _) =>
            {
                using var writer = new PayloadWriter();
                writer.String($"owner {i}");
                writer.Int64(InitialBalance);
                CallOutcome outcome = await _mediator.Send(
                    new CallReducer(Module, "open_account", writer.Written.ToArray(), Caller),
                    CancellationToken.None);
                if (outcome is not CallOutcome.Committed) throw new InvalidOperationException($"no account: {outcome}");
            });
    }
}
