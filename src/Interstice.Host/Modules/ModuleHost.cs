using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Interstice.Host.Abi;
using Interstice.Host.Commands;
using Interstice.Host.Following;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Replay;
using Interstice.Host.Retention;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Modules;

/// <summary>All modules of one store: rebuilds them at start, publishes, and hands calls to their loops.</summary>
/// <remarks>Thread-safe. While <see cref="StartAsync"/> rebuilds, there is no instance of any module, so no module code can
/// run; the first one is made after the last event was applied.</remarks>
public sealed partial class ModuleHost : IAsyncDisposable
{
    private readonly IEventStore _store;
    private readonly IModuleEngine _engine;
    private readonly ModuleHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModuleHost> _logger;
    private readonly SnapshotStore? _snapshots;
    private readonly ILogRetention? _retention;
    private readonly CodeStore _code;
    private readonly BuildLoader _builds;
    private readonly LoopIdentity _identity;
    private readonly CallWatchdog _watchdog;
    private readonly ConcurrentDictionary<string, ModuleLoop> _modules = new(StringComparer.Ordinal);

    // Not disposed: who publishes while the host stops still has to be told what became of it.
    private readonly SemaphoreSlim _publishing = new(1, 1);

    /// <summary>Makes a host; <see cref="StartAsync"/> rebuilds its modules.</summary>
    /// <param name="store">The store; the caller disposes it after the host.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Where <c>now()</c> comes from.</param>
    /// <param name="logger">Where the host and the modules log.</param>
    /// <param name="snapshots">Where snapshots are; null to do without.</param>
    /// <param name="retention">Moves parts of the log that the snapshots make needless; null to move nothing.</param>
    public ModuleHost(
        IEventStore store,
        IModuleEngine engine,
        ModuleHostOptions options,
        TimeProvider time,
        ILogger<ModuleHost> logger,
        SnapshotStore? snapshots = null,
        ILogRetention? retention = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        options.Snapshots.Validate();
        options.Replicas.Validate();
        options.Subscriptions.Validate();
        _store = store;
        _engine = engine;
        _options = options;
        _time = time;
        _logger = logger;
        _snapshots = snapshots;
        _retention = retention;
        _code = new CodeStore(store);
        _builds = new BuildLoader(store, engine);
        _watchdog = new CallWatchdog(time, options.Limits.CallTimeMax);
        _identity = new LoopIdentity(
            Guid.NewGuid(),
            engine.Name,
            engine.FuelSchedule,
            options.Limits,
            _watchdog,
            DrawRandomness,
            module => new GuestLog(module, logger))
        {
            Republished = RegroupLater,
        };
    }

    /// <summary>Names of all modules, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _modules.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Rebuilds every module from its newest good snapshot and the events after it, then loads its code. On a store that other hosts
    /// may use it ends when each module is owned by this host or found to have another, living owner, or when the store does not
    /// answer.</summary>
    /// <param name="progress">Told how far the replay is; null for nobody.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What was replayed.</returns>
    /// <exception cref="ReplayException">A stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<IReadOnlyList<ReplayResult>> StartAsync(
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        List<ReplayResult> results = [];
        List<ModuleProjection> projections = [];
        foreach (string module in await ModuleList.ReadAsync(_store, cancellationToken).ConfigureAwait(false))
        {
            (ModuleProjection projection, ReplayResult result) = await ModuleStart
                .RunAsync(_snapshots, _store, module, null, ReplayOptions.Start with { Keys = _options.Keys }, _time, progress, cancellationToken)
                .ConfigureAwait(false);
            Report(result);
            results.Add(result);
            projections.Add(projection);
        }

        foreach (ModuleProjection projection in projections)
            await LoadAsync(projection, cancellationToken).ConfigureAwait(false);
        await ShareAsync(cancellationToken).ConfigureAwait(false);
        StartSnapshots(results);
        return results;
    }

    /// <summary>Publishes a binary: checks it, stores its code, lists the module and puts it in force.</summary>
    /// <param name="binary">The binary; must not change while the module runs.</param>
    /// <param name="publisher">Who publishes.</param>
    /// <param name="name">Name to publish under; null for the one that the binary declares.</param>
    /// <param name="cancellationToken">Stops before the publication; code that was stored stays and does no harm.</param>
    /// <exception cref="ModuleRefusedException">The binary cannot be published.</exception>
    /// <exception cref="ModuleUnavailableException">The store did not take the publication.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public Task<PublishResult> PublishAsync(
        ReadOnlyMemory<byte> binary,
        Identity publisher,
        string? name = null,
        CancellationToken cancellationToken = default) =>
        PublishConfirmedAsync(binary, publisher, name, null, cancellationToken);

    private async Task<PublishResult> PublishConfirmedAsync(
        ReadOnlyMemory<byte> binary,
        Identity publisher,
        string? name,
        Action<Revision>? confirm,
        CancellationToken cancellationToken)
    {
        CheckLength(binary);
        IModuleCode code = _engine.Load(binary);
        try
        {
            ModuleSchema schema = PublicationRules.Check(code);
            string module = name ?? schema.Name;
            ModuleNames.Check(module);
            CodeHash hash = CodeHash.Of(binary.Span);
            await _publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                IReadOnlyList<string> warnings = await CheckSubscriptionsAsync(module, schema).ConfigureAwait(false);
                int chunks = CodeStore.CountChunks(binary.Length);
                var candidate = new PublicationCandidate(binary, hash, code, schema, chunks, publisher);
                ModuleLoop loop = await GetOrAddAsync(module, candidate, cancellationToken).ConfigureAwait(false);
                await _code.WriteAsync(hash, binary, cancellationToken).ConfigureAwait(false);
                await JoinGroupsAsync(module, candidate, cancellationToken).ConfigureAwait(false);
                PublishResult result;
                var work = new PublishWork(candidate) { Confirm = confirm };
                try
                {
                    loop.Enqueue(work);
                    result = await work.Answer.ConfigureAwait(false);
                }
                finally
                {
                    await RegroupAsync(CancellationToken.None).ConfigureAwait(false);
                }

                result = result with { Warnings = warnings.Count == 0 ? code.Warnings : [.. code.Warnings, .. warnings] };
                if (!work.UsesCode) code.Dispose();
                return result;
            }
            finally
            {
                _publishing.Release();
            }
        }
        catch
        {
            code.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a module's tables between two transactions; what it saw is durable when the answer comes.</summary>
    /// <typeparam name="T">What the look gives; holds nothing borrowed.</typeparam>
    /// <param name="module">Name of the module.</param>
    /// <param name="view">Looks; runs on the module's loop, so it must be short.</param>
    /// <exception cref="ModuleUnavailableException">No such module, or the host is stopping.</exception>
    public Task<T> ViewAsync<T>(string module, Func<ModuleProjection, T> view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (!TryFind(module, out ModuleLoop loop))
            throw new ModuleUnavailableException(CallRefusal.UnknownModule, DescribeUnknown(module));
        var work = new ViewWork<T>(view);
        loop.Enqueue(work);
        return work.Answer;
    }

    /// <summary>How this host stands to a module.</summary>
    /// <param name="module">Name of the module.</param>
    /// <returns>Null when there is no such module.</returns>
    public ModuleStanding? StandingOf(string module) => TryFind(module, out ModuleLoop loop) ? loop.Standing : null;

    /// <summary>A sentence for an unknown module, with the nearest name.</summary>
    public string DescribeUnknown(string module) => _modules.IsEmpty
        ? $"there is no module \"{module}\"; publish it first"
        : UnknownName.Describe("there is no module", module, _modules.Keys);

    /// <summary>Ends all loops after what is queued is done, together: where the store does not answer, nobody waits longer than
    /// <see cref="LoopOptions.StopTimeout"/> for all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_schedule is not null) await _schedule.DisposeAsync().ConfigureAwait(false);
        await StopListingAsync().ConfigureAwait(false);
        await Task.WhenAll(_modules.Values.Select(UnsubscribeAsync)).ConfigureAwait(false);
        foreach (ModuleLoop loop in _modules.Values) loop.BeginStop();
        await Task.WhenAll(_modules.Values.Select(StopLoopAsync)).ConfigureAwait(false);
        _modules.Clear();
        _watchdog.Dispose();
    }

    internal bool TryFind(string module, out ModuleLoop loop)
    {
        bool found = _modules.TryGetValue(module, out ModuleLoop? existing);
        loop = existing!;
        return found;
    }

    private async Task<ModuleLoop> LoadAsync(ModuleProjection projection, CancellationToken cancellationToken)
    {
        ModuleLoop loop = StartLoop(projection, holdsDuties: true);
        _modules[projection.Module] = loop;
        if (projection.Published is { } published) await loop.LoadAsync(published, cancellationToken).ConfigureAwait(false);
        return loop;
    }

    // A module that cannot even begin is neither listed nor kept.
    private async Task<ModuleLoop> GetOrAddAsync(
        string module,
        PublicationCandidate candidate,
        CancellationToken cancellationToken)
    {
        if (TryFind(module, out ModuleLoop existing)) return existing;
        ModuleLoop loop = StartLoop(new ModuleProjection(module, _options.Keys));
        try
        {
            await loop.TryOutAsync(candidate).ConfigureAwait(false);
            await OwnNewAsync(loop, cancellationToken).ConfigureAwait(false);
            await ModuleList.AddAsync(_store, module, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopLoopAsync(loop).ConfigureAwait(false);
            throw;
        }

        _modules[module] = loop;
        return loop;
    }

    // What it holds is begun with that of all others, once they are there.
    private ModuleLoop StartLoop(ModuleProjection projection, bool holdsDuties = false)
    {
        var loop = new ModuleLoop(
            projection, _store, _options.Loop, _identity, _builds.FindAsync, _time, _logger, _store.CanBeShared, holdsDuties);
        loop.Start(StackBytes);
        if (!holdsDuties) Subscribe(loop);
        return loop;
    }

    private static void CheckLength(ReadOnlyMemory<byte> binary)
    {
        if (binary.Length <= CodeStore.BinaryBytesMax) return;
        throw new ModuleRefusedException(
            ModuleRefusalKind.Binary,
            $"the binary has {binary.Length} bytes, at most {CodeStore.BinaryBytesMax} are allowed");
    }

    private static UInt128 DrawRandomness()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }
}
