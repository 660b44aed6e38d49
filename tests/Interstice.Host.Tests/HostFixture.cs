using System.Collections.Concurrent;
using System.Text.Json;
using Interstice.Cli.Stores;
using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Retention;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.ManagedEngine;
using Interstice.TestKit.EventStores;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Host.Tests;

/// <summary>A host over a journal in a folder of its own, with faults to inject.</summary>
internal sealed class HostFixture : IAsyncDisposable
{
    public static readonly Identity Tester = Identity.Of("tests", "tester");

    private readonly string _directory;
    private readonly bool _keepDirectory;
    private readonly JournalStore _journal;
    private readonly ServiceProvider _services;
    private readonly ConcurrentDictionary<string, ModuleSchema> _schemas = new(StringComparer.Ordinal);

    private HostFixture(string directory, bool keepDirectory, JournalStore journal, ServiceProvider services)
    {
        _directory = directory;
        _keepDirectory = keepDirectory;
        _journal = journal;
        _services = services;
        Store = (FaultInjectingStore)services.GetRequiredService<IEventStore>();
        Host = services.GetRequiredService<ModuleHost>();
        Mediator = services.GetRequiredService<IMediator>();
    }

    public FaultInjectingStore Store { get; }

    public ModuleHost Host { get; }

    public IMediator Mediator { get; }

    public JournalStore Journal => _journal;

    public SnapshotStore Snapshots => new(
        new SnapshotDirectory(new DirectoryFiles(Path.Combine(_directory, SnapshotDirectory.Name))), _journal.StoreId);

    public string Directory => _directory;

    public IReadOnlyList<ReplayResult> Replayed { get; private set; } = [];

    public string[] SnapshotFiles => System.IO.Directory.Exists(Path.Combine(_directory, SnapshotDirectory.Name))
        ? System.IO.Directory.GetFiles(Path.Combine(_directory, SnapshotDirectory.Name), "*" + SnapshotName.Extension)
        : [];

    public static async Task<HostFixture> StartAsync(
        string? directory = null,
        ModuleHostOptions? options = null,
        Func<FaultInjectingStore, IModuleEngine>? engine = null,
        Action<FaultInjectingStore>? prepare = null,
        TimeProvider? time = null,
        bool hasSnapshots = false,
        Func<JournalOptions, JournalOptions>? settings = null)
    {
        string folder = directory ?? System.IO.Directory.CreateTempSubdirectory("interstice-host-").FullName;
        JournalOptions opening = new() { Directory = folder, SegmentBytes = 8 << 20 };
        if (settings is not null) opening = settings(opening);
        JournalStore journal = await JournalStore.OpenAsync(opening);
        var store = new FaultInjectingStore(journal);
        prepare?.Invoke(store);
        var snapshots = new SnapshotStore(
            new SnapshotDirectory(new DirectoryFiles(Path.Combine(folder, SnapshotDirectory.Name))),
            journal.StoreId);
        IServiceCollection place = new ServiceCollection();
        if (hasSnapshots) place.AddSingleton(snapshots);
        if (opening.HasRetention) place.AddSingleton<ILogRetention>(new JournalRetention(journal));
        ServiceProvider services = place
            .AddSingleton<IEventStore>(store)
            .AddSingleton(engine?.Invoke(store) ?? new ManagedModuleEngine())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(time ?? TimeProvider.System)
            .AddIntersticeHost(options)
            .BuildServiceProvider();
        var fixture = new HostFixture(folder, directory is not null, journal, services);
        fixture.Replayed = await fixture.Host.StartAsync();
        return fixture;
    }

    public static byte[] Binary(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "modules", name + ".wasm"));

    public Task<PublishResult> PublishAsync(string binary, string? name = null) =>
        Mediator.Send(new PublishModule(Binary(binary), Tester, name));

    /// <summary>Calls a reducer with arguments in JSON.</summary>
    public async Task<CallOutcome> CallAsync(string module, string reducer, params object[] arguments) =>
        await Mediator.Send(new CallReducer(module, reducer, await EncodeAsync(module, reducer, arguments), Tester));

    /// <summary>Calls a reducer with an idempotency key.</summary>
    public async Task<CallOutcome> CallWithKeyAsync(string key, string module, string reducer, params object[] arguments) =>
        await Mediator.Send(new CallReducer(module, reducer, await EncodeAsync(module, reducer, arguments), Tester, key));

    public async Task<QueryOutcome> QueryAsync(string module, string query, params object[] arguments) =>
        await Mediator.Send(new RunQuery(module, query, await EncodeAsync(module, query, arguments), Tester));

    public async Task<CallOutcome.Committed> CommitAsync(string module, string reducer, params object[] arguments)
    {
        CallOutcome outcome = await CallAsync(module, reducer, arguments);
        return outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    public Task<StateHash> HashAsync(string module) => Host.ViewAsync(module, projection => projection.StateHash);

    public Task<ChainValue> ChainAsync(string module) => Host.ViewAsync(module, projection => projection.Chain);

    /// <summary>Rebuilds a module from its stream, without an engine, comparing the hash of every transaction.</summary>
    public async Task<ModuleProjection> RebuildAsync(string module)
    {
        var projection = new ModuleProjection(module) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(_journal, projection, null, TimeProvider.System, null, CancellationToken.None);
        return projection;
    }

    /// <summary>Ends the host and the store, and keeps the folder for the next fixture.</summary>
    public async Task<string> StopAsync()
    {
        await _services.DisposeAsync();
        await _journal.DisposeAsync();
        return _directory;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (!_keepDirectory || System.IO.Directory.Exists(_directory)) System.IO.Directory.Delete(_directory, recursive: true);
    }

    private async Task<byte[]> EncodeAsync(string module, string function, object[] arguments)
    {
        // Kept, because a look at a module waits for the store, and tests hold the store back.
        if (!_schemas.TryGetValue(module, out ModuleSchema? schema))
            _schemas[module] = schema = (await Host.ViewAsync(module, projection => projection.Schema))!;
        RowCodec? codec = schema.FindReducer(function)?.Arguments ?? schema.FindQuery(function)?.Arguments;
        if (codec is null) return [];
        using var writer = new PayloadWriter();
        JsonElement[] json = [.. arguments.Select(argument => JsonSerializer.SerializeToElement(argument))];
        JsonValues.TryReadArguments(json, codec, writer, out ValueError error).ShouldBeTrue(error.ToString());
        return writer.Written.ToArray();
    }
}
