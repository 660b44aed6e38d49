using System.Numerics;
using System.Text;
using Interstice.Host.Abi;
using Interstice.Host.Modules;

namespace Interstice.Host.Tests.Models;

/// <summary>A script that runs in a module of the model.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="module">Where it runs.</param>
/// <param name="outer">What called it, or null.</param>
internal sealed class ModelFrame(ModelTransaction transaction, string module, ModelFrame? outer)
{
    private readonly List<Queue<ModelRow>?> _open = [];

    private ModelState State => transaction.World.Find(module);

    public ModelAnswer Insert(string table, object[] row)
    {
        ModelRows rows = State.Find(table);
        ModelTable declared = rows.Table;
        if (declared.Kind == ModelKind.Event)
        {
            byte[] emitted = declared.Encode(row);
            State.Emitted.Add((table, emitted));
            transaction.HasWrittenLogged = true;
            return new(emitted.Length, emitted);
        }

        object[] stored = [.. row];
        if (declared.Counter is { } counter && (BigInteger)row[declared.Position(counter.Name)] == 0)
        {
            if (declared.Kind == ModelKind.Ephemeral) transaction.HasReadEphemeral = true;
            if (CounterOf(rows) >= ((ModelType.Integer)counter.Type).Max) return Refuse(declared, AbiCodes.CounterOverflow);
            stored[declared.Position(counter.Name)] = CounterOf(rows) + 1;
        }

        if (IsTaken(rows, stored, null)) return Refuse(declared, AbiCodes.DuplicateKey);
        byte[] bytes = declared.Encode(stored);
        rows.Rows.Add(new(stored, bytes));
        Wrote(rows, stored);
        return new(bytes.Length, bytes);
    }

    public ModelAnswer Update(string table, object[] row)
    {
        ModelRows rows = ReadKept(table);
        ModelTable declared = rows.Table;
        ModelRow? old = rows.Find(declared.Indexes[0], declared.KeyOf(declared.Indexes[0], row));
        if (old is null) return ModelAnswer.Of(AbiCodes.NotFound);
        if (IsTaken(rows, row, old)) return Refuse(declared, AbiCodes.DuplicateKey);
        rows.Rows[rows.Rows.IndexOf(old)] = new(row, declared.Encode(row));
        Wrote(rows, row);
        return ModelAnswer.Of(0);
    }

    public ModelAnswer Delete(string table, object[] key)
    {
        ModelRows rows = ReadKept(table);
        ModelRow? old = rows.Find(rows.Table.Indexes[0], key);
        if (old is null) return ModelAnswer.Of(0);
        rows.Rows.Remove(old);
        transaction.HasWrittenLogged |= rows.Table.Kind == ModelKind.Logged;
        return ModelAnswer.Of(1);
    }

    public ModelAnswer Get(string table, ModelIndex index, object[] key)
    {
        ModelRows rows = ReadKept(table);
        if (!index.IsUnique) throw Misuse();
        return rows.Find(index, key) is { } row ? new(row.Bytes.Length, row.Bytes) : ModelAnswer.Of(AbiCodes.None);
    }

    public ModelAnswer Count(string table)
    {
        ModelRows rows = Read(table);
        return ModelAnswer.Of(rows.Table.Kind == ModelKind.Event ? EmittedOf(table).Count : rows.Rows.Count);
    }

    public List<ModelRow> Range(ModelRange range)
    {
        ModelRows rows = Read(range.Table);
        IEnumerable<ModelRow> found = rows.Table.Kind == ModelKind.Event
            ? EmittedOf(range.Table)
            : rows.Ordered(range.Index, transaction.Bug).Where(row => IsWithin(rows, range, row));
        return [.. (range.Flags & ModelRange.Descending) != 0 ? found.Reverse() : found];
    }

    public static ModelAnswer All(List<ModelRow> rows) => new(0, [.. rows.SelectMany(Framed)]);

    public ModelAnswer Open(ModelRange range)
    {
        var rows = new Queue<ModelRow>(Range(range));
        int free = _open.IndexOf(null);
        if (free < 0)
        {
            free = _open.Count;
            _open.Add(rows);
        }

        _open[free] = rows;
        return ModelAnswer.Of(free);
    }

    public ModelAnswer Next(int iterator, int capacity)
    {
        Queue<ModelRow> rows = OpenAt(iterator);
        List<byte> written = [];
        while (rows.TryPeek(out ModelRow? row))
        {
            if (written.Count + 4 + row.Bytes.Length > capacity)
            {
                if (written.Count == 0) return ModelAnswer.Of(AbiCodes.BufferTooSmall);
                break;
            }

            written.AddRange(Framed(rows.Dequeue()));
        }

        return new(written.Count, [.. written]);
    }

    public ModelAnswer Close(int iterator)
    {
        OpenAt(iterator);
        _open[iterator] = null;
        return ModelAnswer.Nothing;
    }

    public ModelAnswer Emit(string name, byte[] payload)
    {
        State.Emitted.Add((name, payload));
        transaction.HasWrittenLogged = true;
        return ModelAnswer.Nothing;
    }

    public ModelAnswer Call(string callee, ModelStep[] steps, bool isCaught)
    {
        for (ModelFrame? frame = this; frame is not null; frame = frame.Outer)
            if (frame.Module == callee) throw Misuse();
        switch (transaction.RunNested(callee, steps, this))
        {
            case ModelEnd.Returned returned:
                return new(null, null, returned.Answers);
            case ModelEnd.Rejected rejected when isCaught:
                return new(AbiCodes.CallFailed, Encoding.UTF8.GetBytes(rejected.Text));
            case var end:
                throw new ModelStop(end);
        }
    }

    public ModelAnswer Schedule(ModelStep.Schedule step)
    {
        ulong id = ++State.TimerCounter;
        State.Timers.Add(new(id, step.DueUs, step.IntervalUs, step.FiresEach, step.Steps));
        transaction.HasWrittenLogged = true;
        return new((int)id, BitConverter.GetBytes(id));
    }

    public ModelAnswer Cancel(ulong timer)
    {
        bool wasThere = State.Timers.RemoveAll(found => found.Id == timer) > 0;
        transaction.HasWrittenLogged |= wasThere;
        return ModelAnswer.Of(wasThere ? 1 : 0);
    }

    public ModelAnswer Context()
    {
        byte[] caller = Convert.FromHexString(transaction.Caller.ToString());
        return new(0, [.. BitConverter.GetBytes(transaction.NowUs), .. caller, .. Encoding.UTF8.GetBytes(outer?.Module ?? "")]);
    }

    public ModelAnswer Firing() => outer is null && transaction.Firing is { } firing
        ? new(firing.Length, firing)
        : ModelAnswer.Of(AbiCodes.None);

    private string Module => module;

    private ModelFrame? Outer => outer;

    private static byte[] Framed(ModelRow row) => [.. BitConverter.GetBytes(row.Bytes.Length), .. row.Bytes];

    private static ModelStop Misuse() => new(new ModelEnd.Trapped(ModuleTrapKind.Abi));

    // A conflict in an ephemeral table ends the call.
    private static ModelAnswer Refuse(ModelTable table, int code)
    {
        if (table.Kind == ModelKind.Ephemeral) throw new ModelStop(new ModelEnd.Trapped(ModuleTrapKind.EphemeralConflict));
        return ModelAnswer.Of(code);
    }

    private ModelRows Read(string table)
    {
        ModelRows rows = State.Find(table);
        transaction.HasReadEphemeral |= rows.Table.Kind == ModelKind.Ephemeral;
        return rows;
    }

    private ModelRows ReadKept(string table)
    {
        if (State.Find(table).Table.Kind == ModelKind.Event) throw Misuse();
        return Read(table);
    }

    private bool IsTaken(ModelRows rows, object[] row, ModelRow? old)
    {
        foreach (ModelIndex index in rows.Table.Indexes)
        {
            if (!index.IsUnique || (index.Name.Length > 0 && transaction.Bug == ModelBug.UniqueIsIgnored)) continue;
            ModelRow? other = rows.Find(index, rows.Table.KeyOf(index, row));
            if (other is not null && other != old) return true;
        }

        return false;
    }

    private void Wrote(ModelRows rows, object[] row)
    {
        transaction.HasWrittenLogged |= rows.Table.Kind == ModelKind.Logged;
        if (rows.Table.Counter is { } counter)
            rows.Counter = BigInteger.Max(rows.Counter, (BigInteger)row[rows.Table.Position(counter.Name)]);
    }

    private BigInteger CounterOf(ModelRows rows)
    {
        if (transaction.Bug != ModelBug.CountersGoBack) return rows.Counter;
        int position = rows.Table.Position(rows.Table.Counter!.Name);
        return rows.Rows.Select(row => (BigInteger)row.Values[position]).Append(0).Max();
    }

    private List<ModelRow> EmittedOf(string table)
    {
        // What the transaction emitted here stands behind what was there before it.
        int before = transaction.EmittedBefore(module);
        return [.. State.Emitted.Skip(before).Where(emitted => emitted.Name == table).Select(emitted => new ModelRow([], emitted.Payload))];
    }

    private Queue<ModelRow> OpenAt(int iterator) =>
        iterator < _open.Count && _open[iterator] is { } rows ? rows : throw Misuse();

    private bool IsWithin(ModelRows rows, ModelRange range, ModelRow row)
    {
        object[] key = rows.Table.KeyOf(range.Index, row.Values);
        bool isInclusive = transaction.Bug == ModelBug.BoundsAreInclusive;
        int lower = rows.Order(range.Index, key, range.Lower);
        int upper = rows.Order(range.Index, key, range.Upper);
        bool isBehind = range.Lower.Length == 0 || lower > 0 || (lower == 0 && (isInclusive || (range.Flags & ModelRange.LowerExclusive) == 0));
        bool isBefore = range.Upper.Length == 0 || upper < 0 || (upper == 0 && (isInclusive || (range.Flags & ModelRange.UpperExclusive) == 0));
        return isBehind && isBefore;
    }
}
