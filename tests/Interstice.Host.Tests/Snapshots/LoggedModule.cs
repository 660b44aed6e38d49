using System.Text;
using Interstice.Cli.Stores;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;
using Interstice.Kernel.Tests.Values;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Snapshots;

/// <summary>A module's stream with random transactions in a journal in memory, and a place for snapshots of it.</summary>
internal sealed class LoggedModule : IAsyncDisposable
{
    public const string Name = "model";

    private readonly Random _random;
    private readonly Func<TableSchema, byte[]> _nextRow;
    private readonly ulong _host;
    private readonly EventChain _chain = new(StreamNames.Module(Name));
    private uint _transaction;
    private ulong _epoch;
    private int _version;

    private LoggedModule(Random random, ModuleSchema schema, Func<TableSchema, byte[]> nextRow, MemoryFiles log, JournalStore store)
    {
        _random = random;
        _nextRow = nextRow;
        _host = (ulong)random.NextInt64();
        Schema = schema;
        Model = new ModuleState(schema);
        Log = log;
        Store = store;
        Snapshots = new(new SnapshotDirectory(Files), store.StoreId);
    }

    /// <summary>Whether values of the hash chain are recorded, as since version 2 of the record.</summary>
    public bool IsChained { get; set; } = true;

    public ModuleSchema Schema { get; }

    public ModuleState Model { get; }

    public MemoryFiles Log { get; }

    public JournalStore Store { get; }

    public MemoryFiles Files { get; } = new();

    public SnapshotStore Snapshots { get; }

    public string[] SnapshotFiles => [.. Files.List().Where(file => file.Contains(".snapshot", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>A module with tables of random shape.</summary>
    public static Task<LoggedModule> OfRandomShapeAsync(Random random, bool isChained = true)
    {
        var module = new RandomModule(random);
        return StartAsync(random, module.Schema, table => module.NextRow(random, table.Number), isChained: isChained);
    }

    /// <summary>A module with a column of every type.</summary>
    public static Task<LoggedModule> OfEveryTypeAsync(Random random) => StartAsync(random, EveryType(), FromTypes(random));

    /// <summary>A module with one small table.</summary>
    public static Task<LoggedModule> SmallAsync(Random random, MemoryFiles? log = null) => StartAsync(
        random,
        ModuleSchema.Parse("""
            {"module":{"name":"model","version":"1.0.0","abi":1}}
            {"table":{"name":"notes","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"n","type":"u16"}]}}
            """u8),
        FromTypes(random),
        log);

    /// <summary>Publishes another build over the same tables.</summary>
    public Task PublishAsync() => AppendAsync(EventTypes.ModulePublished, new ModulePublished
    {
        Version = ++_version,
        Abi = 1,
        Code = CodeHash.Of([(byte)_version]),
        CodeBytes = 1,
        ChunkCount = 1,
        FuelSchedule = 1,
        Schema = Schema.ToBytes(),
        TimeUs = _random.NextInt64(),
        Publisher = Identity.Of("tests", "publisher"),
    }.ToBytes());

    public Task TakeOwnershipAsync() =>
        AppendAsync(EventTypes.OwnershipTaken, new OwnershipTaken(Guid.NewGuid(), ++_epoch).ToBytes());

    /// <summary>Some transactions, and now and then what stands between them.</summary>
    public async Task WorkAsync(int transactions)
    {
        for (int i = 0; i < transactions; i++)
        {
            if (_random.Next(20) == 0) await TakeOwnershipAsync();
            if (_random.Next(30) == 0) await PublishAsync();
            await TransactAsync();
        }
    }

    public async Task TransactAsync()
    {
        List<(string Type, byte[] Data)> events = [];
        while (events.Count == 0)
            for (int i = _random.Next(1, 6); i > 0; i--) TryChange(events);
        TransactionId id = NextId();
        EventData[] data = new EventData[events.Count];
        byte[] record = Record(data.Length);
        for (int i = 0; i < data.Length; i++)
            data[i] = new(id.EventId(i), events[i].Type, IsJson: false, events[i].Data, i == 0 ? record : default);
        await AppendLinkAsync(data);
    }

    public Task<SnapshotResult?> TakeAsync(int keep = 2) =>
        SnapshotTaking.RunAsync(Snapshots, Store, Name, keep, TimeProvider.System, null, CancellationToken.None);

    public Task<SnapshotLoad> LoadAsync(SnapshotStore? snapshots = null) =>
        SnapshotLoad.RunAsync(snapshots ?? Snapshots, Store, Name, null, CancellationToken.None);

    public Task<(ModuleProjection Projection, ReplayResult Result)> StartAsync(Revision? to = null) =>
        ModuleStart.RunAsync(Snapshots, Store, Name, to, TimeProvider.System, null, CancellationToken.None);

    public async Task<ModuleProjection> ReplayAsync(Revision? to = null)
    {
        var projection = new ModuleProjection(Name) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(Store, projection, to, TimeProvider.System, null, CancellationToken.None);
        return projection;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private static async Task<LoggedModule> StartAsync(
        Random random,
        ModuleSchema schema,
        Func<TableSchema, byte[]> nextRow,
        MemoryFiles? log = null,
        bool isChained = true)
    {
        log ??= new MemoryFiles();
        JournalStore store = await JournalStore.OpenAsync(new JournalOptions { Directory = log.Directory }, files: log);
        var module = new LoggedModule(random, schema, nextRow, log, store) { IsChained = isChained };
        ModuleProjection before = await module.ReplayAsync();
        module._version = before.Published?.Version ?? 0;
        module._chain.MoveTo(before.Chain);
        await module.PublishAsync();
        return module;
    }

    private static Func<TableSchema, byte[]> FromTypes(Random random)
    {
        var values = new RandomValues(random);
        return table => [.. table.Columns.SelectMany(column => values.Value(column.Type))];
    }

    private static ModuleSchema EveryType()
    {
        string[] scalars =
        [
            "bool", "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128", "f32", "f64", "string", "bytes", "uuid",
            "timestamp", "duration", "identity",
        ];
        string[] others =
        [
            "option<string>", "list<u16>", "map<string,option<f64>>", "Point", "Shape", "Amount", "list<Shape>", "option<option<bool>>",
        ];
        var text = new StringBuilder("""
            {"module":{"name":"model","version":"1.0.0","abi":1}}
            {"type":{"name":"Point","struct":[{"name":"x","type":"i32"},{"name":"y","type":"i32"}]}}
            {"type":{"name":"Shape","enum":[{"name":"none"},{"name":"circle","type":"f64"},{"name":"poly","type":"list<Point>"}]}}
            {"type":{"name":"Color","enum":[{"name":"red"},{"name":"green"}]}}
            {"type":{"name":"Amount","alias":"u64"}}
            {"table":{"name":"all","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}
            """);
        foreach (string type in scalars) text.Append($$""",{"name":"c_{{type}}","type":"{{type}}"}""");
        for (int i = 0; i < others.Length; i++) text.Append($$""",{"name":"o_{{i}}","type":"{{others[i]}}"}""");
        text.Append("""],"indexes":[""").AppendJoin(',', scalars.Select(type => $$"""{"name":"by_{{type}}","columns":["c_{{type}}"]}"""));
        text.Append("]}}");
        foreach (string type in scalars.Except(["f32", "f64"]).Append("Color").Append("option<i32>"))
        {
            string name = $"key_{type.TrimEnd('>').Replace('<', '_').ToLowerInvariant()}";
            text.Append('\n').Append(
                $$$"""{"table":{"name":"{{{name}}}","primaryKey":["k","n"],"columns":[{"name":"k","type":"{{{type}}}"},{"name":"n","type":"u8"}]}}""");
        }

        return ModuleSchema.Parse(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void TryChange(List<(string Type, byte[] Data)> events)
    {
        TableSchema[] tables = [.. Schema.Tables.Where(table => table.Kind == TableKind.Logged)];
        Table table = Model.GetTable(tables[_random.Next(tables.Length)].Number);
        byte[] row = _nextRow(table.Schema);
        byte[]? old = table.Count > 0 && _random.Next(3) > 0 ? Pick(table) : null;
        using var writer = new PayloadWriter();
        byte[] name = Encoding.UTF8.GetBytes(table.Schema.Name);
        if (old is null)
        {
            if (!TryApply(table, () => table.Insert(row))) return;
            RowEvent.Write(writer, name, row);
            events.Add((EventTypes.RowInserted, writer.Written.ToArray()));
        }
        else if (_random.Next(2) == 0)
        {
            byte[] updated = WithKeyOf(table.Schema, old, row);
            if (!TryApply(table, () => table.Update(old, updated))) return;
            RowEvent.WriteUpdate(writer, name, old, updated);
            events.Add((EventTypes.RowUpdated, writer.Written.ToArray()));
        }
        else
        {
            table.Release(table.Delete(old));
            RowEvent.Write(writer, name, old);
            events.Add((EventTypes.RowDeleted, writer.Written.ToArray()));
        }
    }

    private byte[] Pick(Table table)
    {
        int index = _random.Next((int)Math.Min(table.Count, 20));
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: _random.Next(2) == 0))
            if (index-- == 0) return row.ToArray();
        throw new InvalidOperationException("the table has fewer rows than it says");
    }

    private static byte[] WithKeyOf(TableSchema table, byte[] old, byte[] other)
    {
        List<byte> row = [];
        for (int i = 0; i < table.Columns.Length; i++)
        {
            byte[] from = table.PrimaryKey!.Columns.Contains(i) ? old : other;
            int start = table.Row.Offset(from, i);
            int end = i + 1 == table.Columns.Length ? from.Length : table.Row.Offset(from, i + 1);
            row.AddRange(from.AsSpan(start, end - start));
        }

        return [.. row];
    }

    private static bool TryApply(Table table, Func<RowChange> apply)
    {
        RowChange change;
        try
        {
            change = apply();
        }
        catch (ProjectionDivergedException)
        {
            return false;
        }

        bool isUnique = table.DuplicateKeys == 0;
        if (isUnique) table.Release(in change);
        else table.Undo(in change);
        return isUnique;
    }

    private byte[] Record(int count)
    {
        using var writer = new PayloadWriter();
        var record = new TransactionRecord
        {
            EventCount = count,
            Reducer = "work",
            Arguments = default,
            Caller = Identity.Of("tests", "caller"),
            TimeUs = _transaction * 3_600_000_000L,
            Seed = 0,
            Code = CodeHash.Of([(byte)_version]),
            Engine = "tests",
            Fuel = 0,
            Host = Guid.Empty,
            Epoch = _epoch,
            StateHash = Model.Hash.Value,
            IdempotencyKey = _random.Next(3) == 0 ? $"key-{_random.Next(200)}" : null,
            Result = _random.Next(3) == 0 ? new byte[_random.Next(5)] : null,
        };
        if (IsChained) record.WriteBeforeChain(writer);
        else record.Write(writer);
        return writer.Written.ToArray();
    }

    private Task AppendAsync(string type, byte[] data) => AppendLinkAsync(
        [new(NextId().EventId(0), type, IsJson: false, data, IsChained ? ChainMetadata.Head.ToArray() : default)]);

    // The first event has its metadata but for the value.
    private async Task AppendLinkAsync(EventData[] events)
    {
        StreamName stream = StreamNames.Module(Name);
        _chain.Begin((await Store.GetLastRevisionAsync(stream)).Next);
        foreach (EventData data in events) _chain.Add(data.Id, data.Type, data.IsJson, data.Data.Span, data.Metadata.Span);
        byte[] value = new byte[ChainValue.Bytes];
        _chain.End().Write(value);
        if (IsChained) events[0] = events[0] with { Metadata = (byte[])[.. events[0].Metadata.Span, .. value] };
        await Store.AppendAsync(stream, ExpectedRevision.Any, events);
    }

    private TransactionId NextId() => new(_host, _transaction++);
}
