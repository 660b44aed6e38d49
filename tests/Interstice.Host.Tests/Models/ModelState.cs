using System.Numerics;

namespace Interstice.Host.Tests.Models;

/// <summary>A row, and its canonical bytes.</summary>
internal sealed record ModelRow(object[] Values, byte[] Bytes);

/// <summary>Rows of a table in the order in which they were first written.</summary>
internal sealed class ModelRows(ModelTable table)
{
    public ModelTable Table { get; } = table;

    public List<ModelRow> Rows { get; private init; } = [];

    public BigInteger Counter { get; set; }

    public ModelRows Copy() => new(Table) { Rows = [.. Rows], Counter = Counter };

    public ModelRow? Find(ModelIndex index, object[] key) =>
        Rows.Find(row => Order(index, Table.KeyOf(index, row.Values), key) == 0);

    /// <summary>Rows in the order of an index, rows with the same key in that of their primary keys.</summary>
    public IEnumerable<ModelRow> Ordered(ModelIndex index, ModelBug bug = ModelBug.None)
    {
        IOrderedEnumerable<ModelRow> ordered = Rows.OrderBy(
            row => row.Values, Comparer<object[]>.Create((left, right) => Table.Compare(index.Columns, left, right)));
        return bug == ModelBug.TiesInOrderOfWriting ? ordered : ordered.ThenBy(
            row => row.Values, Comparer<object[]>.Create((left, right) => Table.Compare(Table.Primary, left, right)));
    }

    /// <summary>Compares a key with a bound of as many or fewer columns: 0 where it begins so.</summary>
    public int Order(ModelIndex index, object[] key, object[] bound)
    {
        for (int i = 0; i < bound.Length; i++)
        {
            int order = Table.Columns[Table.Position(index.Columns[i])].Type.Compare(key[i], bound[i]);
            if (order != 0) return order;
        }

        return 0;
    }
}

/// <summary>A durable timer.</summary>
internal sealed record ModelTimer(ulong Id, long DueUs, long IntervalUs, bool FiresEach, ModelStep[] Steps)
{
    public long NextUs { get; init; } = DueUs;

    public uint Attempts { get; init; }
}

/// <summary>What a module holds.</summary>
internal sealed class ModelState(ModelSchema schema)
{
    public ModelSchema Schema { get; set; } = schema;

    public List<ModelRows> Tables { get; set; } = [.. schema.Tables.Select(table => new ModelRows(table))];

    public List<ModelTimer> Timers { get; private init; } = [];

    public ulong TimerCounter { get; set; }

    public int Parked { get; set; }

    /// <summary>Names and bytes of what was emitted, in order.</summary>
    public List<(string Name, byte[] Payload)> Emitted { get; private init; } = [];

    public ModelRows Find(string table) => Tables.First(rows => rows.Table.Name == table);

    public ModelState Copy() => new(Schema)
    {
        Tables = [.. Tables.Select(table => table.Copy())],
        Timers = [.. Timers],
        TimerCounter = TimerCounter,
        Parked = Parked,
        Emitted = [.. Emitted],
    };

    /// <summary>Ephemeral tables are empty again, as after a restart.</summary>
    public void Forget()
    {
        for (int i = 0; i < Tables.Count; i++)
            if (Tables[i].Table.Kind == ModelKind.Ephemeral) Tables[i] = new(Tables[i].Table);
    }
}

/// <summary>What all modules hold.</summary>
internal sealed class ModelWorld(IEnumerable<ModelState> modules)
{
    public List<ModelState> Modules { get; } = [.. modules];

    public ModelState Find(string module) => Modules.First(found => found.Schema.Name == module);

    public ModelWorld Copy() => new(Modules.Select(module => module.Copy()));
}
