using Interstice.Host.Idempotency;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>Everything that a projection knows, into a snapshot and out of it.</summary>
public sealed partial class ModuleProjection
{
    /// <summary>Revision of the first event of the last transaction replayed; <see cref="Revision.None"/> without one. Live
    /// transactions do not move it: only what was replayed is known to be durable.</summary>
    public Revision ReplayedTransactionAt { get; private set; } = Revision.None;

    /// <summary>Describes the state for a snapshot.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="last">The event at <see cref="Revision"/>.</param>
    internal SnapshotHeader Describe(Guid storeId, in RecordedEvent last) => new()
    {
        StoreId = storeId,
        Module = Module,
        Revision = Revision,
        Position = last.Position,
        EventId = last.Id,
        TransactionAt = ReplayedTransactionAt,
        TransactionCount = TransactionCount,
        Epoch = Epoch,
        StateHash = StateHash,
        RecordedHash = RecordedHash,
        IsChained = IsChained,
        Chain = Chain,
        PublishedAt = PublishedAt,
        Published = Published!,
        TableCount = SnapshotTables().Count(),
    };

    /// <summary>The tables that a snapshot holds.</summary>
    internal IEnumerable<Table> SnapshotTables() => LoggedTables(Schema!)
        .Concat(Schema!.HostTables)
        .Select(table => State!.GetTable(table.Number))
        .Where(SnapshotTable.IsHeld);

    /// <summary>Makes the projection that a snapshot was taken from.</summary>
    /// <param name="reader">The snapshot, its header read and found to fit the log.</param>
    /// <param name="threads">How many threads may build indexes, 1 or more.</param>
    /// <param name="keys">How long idempotency keys are kept; null for the default.</param>
    /// <exception cref="SnapshotException">It is damaged, or its rows do not fit its schema and hash.</exception>
    internal static ModuleProjection Restore(SnapshotReader reader, int threads, KeyRetention? keys = null)
    {
        SnapshotHeader header = reader.Header;
        try
        {
            var schema = ModuleSchema.Parse(header.Published.Schema.Span);
            var projection = new ModuleProjection(header.Module, keys);
            projection.Publish(header.Published, projection.Prepare(schema, [], header.Published.TimeUs), header.PublishedAt);
            LoadTables(reader, schema, projection.State!, threads);
            foreach ((UInt128 scope, KnownCall call) in reader.Keys) projection.Keys.AddDurable(scope, call);
            projection.TakeOver(header);
            return projection;
        }
        catch (Exception fault) when (fault is SchemaException or ProjectionDivergedException or TableFullException)
        {
            throw new SnapshotException(SnapshotFault.State, fault.Message, fault);
        }
    }

    private void TakeOver(SnapshotHeader header)
    {
        if (StateHash != header.StateHash) throw Unfit($"its rows have the hash {StateHash}, expected is {header.StateHash}");
        Revision = header.Revision;
        Epoch = header.Epoch;
        TransactionCount = header.TransactionCount;
        RecordedHash = header.RecordedHash;
        IsChained = header.IsChained;
        _links.MoveTo(header.Chain);
        ReplayedTransactionAt = header.TransactionAt;
    }

    private static void LoadTables(SnapshotReader reader, ModuleSchema schema, ModuleState state, int threads)
    {
        SnapshotTable? head = reader.NextTable();
        foreach (TableSchema declared in LoggedTables(schema).Concat(schema.HostTables))
        {
            bool isThere = head?.Name == declared.Name;
            if (!isThere && !declared.IsOfHost) throw Unfit($"table \"{declared.Name}\" is missing");
            if (!isThere) continue;
            Load(reader, head!, state.GetTable(declared.Number), threads);
            head = reader.NextTable();
        }

        if (head is not null) throw Unfit($"table \"{head.Name}\" is not declared");
    }

    private static void Load(SnapshotReader reader, SnapshotTable head, Table table, int threads)
    {
        var loader = new TableLoader(table);
        while (reader.TryReadRow(out ReadOnlySpan<byte> row))
        {
            if (!table.Schema.Row.TryValidate(row, out Kernel.Values.ValueError error))
                throw Unfit($"a row of table \"{table.Schema.Name}\" is not canonical: {error}");
            loader.Add(row);
        }

        var limit = new ParallelOptions { MaxDegreeOfParallelism = threads };
        loader.Complete(head.Counter, (count, build) => Parallel.For(0, count, limit, build));
    }

    private static IEnumerable<TableSchema> LoggedTables(ModuleSchema schema) =>
        schema.Tables.Where(table => table.Kind == TableKind.Logged);

    private static SnapshotException Unfit(string what) => new(SnapshotFault.State, what);
}
