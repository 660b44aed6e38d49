using System.Collections.Immutable;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Migrations;

/// <summary>Runs the reducers of migrations, each in an instance of its own, over tables that nobody else sees yet. Used by the thread of guests
/// only.</summary>
/// <remarks>Fuel, memory and the clock are limited as in any call. What a reducer writes becomes one event with the publication, so that its
/// bytes are limited by what the store takes in one, and its mutations by <see cref="MutationsMax"/>.</remarks>
/// <param name="build">The build whose reducers run.</param>
/// <param name="limits">What a call may use.</param>
/// <param name="log">Where log lines go.</param>
/// <param name="watch">Watches by the clock.</param>
/// <param name="timeUs">What <c>now()</c> gives: the time of the publication.</param>
/// <param name="seeds">Gives the seeds of <c>random()</c>.</param>
/// <param name="bytesMax">Bytes that there is room for in the publication.</param>
internal sealed class ReducerSandbox(
    PublicationCandidate build, ModuleLimits limits, IGuestLog log, CallWatch watch, long timeUs, Func<UInt128> seeds, int bytesMax)
    : IMigrationReducers
{
    /// <summary>Most writes of one reducer.</summary>
    public const int MutationsMax = 1_000_000;

    // A row is base64 in quotes, and a comma, where a store writes JSON: longer than its bytes and their length.
    private const int RowHeaderBytes = 4;
    private const int Base64Group = 3;
    private const int Base64Bytes = 4;

    private readonly List<ReducerEffects> _effects = [];
    private long _bytes;

    /// <summary>What the reducers wrote so far, in order.</summary>
    public ImmutableArray<ReducerEffects> Effects => [.. _effects];

    /// <summary>The room that is left for effects in a publication.</summary>
    /// <param name="store">The store that takes it.</param>
    /// <param name="build">The build.</param>
    /// <param name="steps">Its steps.</param>
    public static int RoomIn(IEventStore store, PublicationCandidate build, IEnumerable<MigrationStep> steps)
    {
        const int fixedBytes = 4096; // the rest of the payload, its metadata, and what a store adds
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(build);
        long taken = fixedBytes + (2L * build.Schema.ToBytes().Length) + steps.Sum(step => (2L * step.ToJson().Length) + RowHeaderBytes);
        return (int)Math.Max(0, Math.Min(store.EventBytesMax, store.AppendBytesMax) - taken);
    }

    /// <inheritdoc/>
    public ReducerEffects Run(MigrationSchema migration, Func<MigrationScope> scope)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(scope);
        MigrationScope seen = scope();
        using var imports = new HostImports(seen.State.Schema, seen.State, limits, log) { Migration = new(seen, MutationsMax, bytesMax) };
        UInt128 seed = seeds();
        IModuleInstance? instance = null;
        try
        {
            instance = build.Code.Instantiate(imports, limits);
            imports.Attach(instance);
            var runner = new ReducerRunner(build.Schema, instance, imports, limits, watch);
            CallEnd end = runner.RunMigration(migration.Reducer!, new CallInputs(default, build.Publisher, timeUs, seed));
            if (ErrorOf(end) is { } error) throw Failed(migration, error);
            ReducerEffects effects = Take(migration, seen, runner, seed);
            _effects.Add(effects);
            return effects;
        }
        catch (ModuleTrapException trap)
        {
            throw Failed(migration, trap.Message, trap);
        }
        finally
        {
            instance?.Dispose();
        }
    }

    private ReducerEffects Take(MigrationSchema migration, MigrationScope scope, ReducerRunner runner, UInt128 seed)
    {
        var tables = new SortedDictionary<int, ImmutableArray<ReadOnlyMemory<byte>>.Builder>();
        foreach (Mutation mutation in runner.Overlay.Freeze())
        {
            // The tables had no rows and take no events, so what is left of all writes is inserts.
            if (!tables.TryGetValue(mutation.Number, out ImmutableArray<ReadOnlyMemory<byte>>.Builder? rows))
                tables.Add(mutation.Number, rows = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>());
            rows.Add(mutation.NewRow.ToArray());
            _bytes += SizeOf(mutation.NewRow.Length);
        }

        if (_bytes <= bytesMax)
            return new(seed, runner.FuelUsed, [.. tables.Select(table => new TableRows(scope.State.Schema.AllTables[table.Key].Name, table.Value.ToImmutable()))]);
        throw Failed(migration, $"its rows take {_bytes} bytes as JSON, and a publication to this store has room for {bytesMax}; let steps do what they can, and fill "
            + "the rest by ordinary calls behind the publication");
    }

    private static int SizeOf(int row) => ((row + Base64Group - 1) / Base64Group * Base64Bytes) + RowHeaderBytes;

    private static string? ErrorOf(CallEnd end) => end switch
    {
        CallEnd.Succeeded => null,
        CallEnd.Rejected rejected => rejected.Error,
        CallEnd.Trapped trapped => trapped.Trap.Message,
        CallEnd.TimedOut timedOut => timedOut.Error,
        _ => "it ended otherwise",
    };

    private static MigrationException Failed(MigrationSchema migration, string error, Exception? inner = null) => new(
        MigrationErrorKind.Reducer, $"reducer \"{migration.Reducer}\" of the migration from {migration.From} to {migration.To} failed: {error}", inner);
}
