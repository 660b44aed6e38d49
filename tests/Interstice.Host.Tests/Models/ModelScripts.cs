namespace Interstice.Host.Tests.Models;

/// <summary>Random scripts over what the model holds.</summary>
/// <param name="random">Where from.</param>
/// <param name="canCall">Whether modules may call each other.</param>
internal sealed class ModelScripts(Random random, bool canCall)
{
    private const long Second = 1_000_000;

    // So long that there are always quiet stretches between the timers of all modules.
    private const int IntervalMin = 600;
    private const int TimersMax = 3;

    /// <summary>Which tables a script is about.</summary>
    internal enum Flavour
    {
        /// <summary>Those whose rows outlive a restart, and events.</summary>
        Logged,

        /// <summary>Ephemeral ones.</summary>
        Ephemeral,

        /// <summary>Both, which seldom goes well.</summary>
        Mixed,
    }

    /// <summary>A script of a caller: reads, writes, calls, timers.</summary>
    /// <param name="world">What is there.</param>
    /// <param name="module">Where it runs.</param>
    /// <param name="flavour">Its tables.</param>
    /// <param name="nowUs">Now; null where it must not depend on the time.</param>
    public ModelStep[] Call(ModelWorld world, string module, Flavour flavour, long? nowUs) => Script(world, module, flavour, nowUs, [module]);

    public ModelStep[] Query(ModelWorld world, string module)
    {
        ModelState state = world.Find(module);
        List<int> open = [];
        return [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Read(state, AnyTable(state, AnyFlavour()), open))];
    }

    public Flavour AnyFlavour() => random.Next(10) switch
    {
        < 7 => Flavour.Logged,
        < 9 => Flavour.Ephemeral,
        _ => Flavour.Mixed,
    };

    // Of timers: about this module alone, so that it matters not whose timer fires first.
    private ModelStep[] Ticking(ModelState state)
    {
        List<int> open = [];
        List<ModelStep> steps = [new ModelStep.Firing()];
        for (int i = random.Next(1, 4); i > 0; i--) steps.Add(Touch(state, AnyTable(state, Flavour.Logged), open));
        if (random.Next(6) == 0) steps.Add(random.Next(2) == 0 ? new ModelStep.Fail("not today") : new ModelStep.Trap());
        return [.. steps];
    }

    private ModelStep[] Script(ModelWorld world, string module, Flavour flavour, long? nowUs, string[] stack)
    {
        ModelState state = world.Find(module);
        List<int> open = [];
        List<ModelStep> steps = [];
        for (int i = random.Next(1, stack.Length > 1 ? 5 : 9); i > 0; i--) steps.Add(Next(world, state, flavour, nowUs, stack, open));
        int end = random.Next(stack.Length > 1 ? 12 : 40);
        if (end < 3) steps.Add(new ModelStep.Fail($"no {random.Next(10)}"));
        else if (end == 3 && random.Next(4) == 0) steps.Add(new ModelStep.Trap());
        return [.. steps];
    }

    private ModelStep Next(ModelWorld world, ModelState state, Flavour flavour, long? nowUs, string[] stack, List<int> open)
    {
        switch (random.Next(24))
        {
            case < 3 when canCall && stack.Length < world.Modules.Count:
                string[] others = [.. state.Schema.Callees.Except(random.Next(60) == 0 ? [] : stack)];
                string callee = others[random.Next(others.Length)];
                return new ModelStep.Call(callee, Script(world, callee, flavour, nowUs, [.. stack, callee]), random.Next(3) > 0);
            case 3 when flavour != Flavour.Ephemeral:
                (string name, ModelType type) = state.Schema.Events[random.Next(state.Schema.Events.Length)];
                return new ModelStep.Emit(name, type.Encode(type.Next(random)));
            case 4 when flavour != Flavour.Ephemeral && nowUs is { } now && state.Timers.Count < TimersMax:
                return Schedule(state, now);
            case 5 when flavour != Flavour.Ephemeral:
                return new ModelStep.Cancel(AnyTimer(state));
            case 6 when nowUs is not null:
                return new ModelStep.Context();
            default:
                return Touch(state, AnyTable(state, flavour), open);
        }
    }

    private ModelStep.Schedule Schedule(ModelState state, long nowUs)
    {
        bool repeats = random.Next(2) == 0;
        long due = nowUs + (random.Next(-20, 200) * Second);
        return new(Ticking(state), due, repeats ? random.Next(IntervalMin, 3_000) * Second : 0, repeats && random.Next(2) == 0);
    }

    private ulong AnyTimer(ModelState state) =>
        state.Timers.Count > 0 && random.Next(4) > 0 ? state.Timers[random.Next(state.Timers.Count)].Id : (ulong)random.Next(1, 10);

    private ModelRows AnyTable(ModelState state, Flavour flavour)
    {
        ModelRows[] fitting = [.. state.Tables.Where(rows => flavour == Flavour.Mixed
            || (flavour == Flavour.Ephemeral) == (rows.Table.Kind == ModelKind.Ephemeral))];
        return fitting.Length == 0 ? state.Tables[0] : fitting[random.Next(fitting.Length)];
    }

    private ModelStep Touch(ModelState state, ModelRows rows, List<int> open)
    {
        ModelTable table = rows.Table;
        object[] row = table.NextRow(random);
        switch (random.Next(16))
        {
            case < 6:
                return new ModelStep.Insert(table.Name, row, table.Encode(row));
            case < 9 when table.Kind != ModelKind.Event:
                if (random.Next(5) > 0) row = WithKeyOf(rows, row);
                return new ModelStep.Update(table.Name, row, table.Encode(row));
            case < 11 when table.Kind != ModelKind.Event:
                ModelIndex primary = table.Indexes[0];
                object[] key = AnyKey(rows, primary);
                return new ModelStep.Delete(table.Name, key, table.EncodeKey(primary, key));
            default:
                return Read(state, rows, open);
        }
    }

    private ModelStep Read(ModelState state, ModelRows rows, List<int> open)
    {
        ModelTable table = rows.Table;
        ModelIndex index = table.Kind == ModelKind.Event ? new("", [], true) : table.Indexes[random.Next(table.Indexes.Length)];
        switch (random.Next(12))
        {
            case < 3 when table.Kind != ModelKind.Event && (index.IsUnique || random.Next(100) == 0):
                object[] key = AnyKey(rows, index);
                return new ModelStep.Get(table.Name, index, key, table.EncodeKey(index, key));
            case 3:
                return new ModelStep.Count(table.Name);
            case 4:
                int free = 0;
                while (open.Contains(free)) free++;
                open.Add(free);
                return new ModelStep.Open(AnyRange(rows, index));
            case < 8 when open.Count > 0:
                int iterator = open[random.Next(open.Count)];
                if (random.Next(4) > 0) return new ModelStep.Next(iterator, random.Next(3) == 0 ? random.Next(64) : 65_536);
                open.Remove(iterator);
                return new ModelStep.Close(iterator);
            default:
                return new ModelStep.Scan(AnyRange(rows, index));
        }
    }

    private ModelRange AnyRange(ModelRows rows, ModelIndex index)
    {
        object[] lower = AnyBound(rows, index);
        object[] upper = AnyBound(rows, index);
        return new(
            rows.Table.Name, index, lower, upper, Encode(rows.Table, index, lower), Encode(rows.Table, index, upper), random.Next(8));
    }

    // The bound without an end is written in both ways that there are.
    private byte[] Encode(ModelTable table, ModelIndex index, object[] bound) =>
        bound.Length == 0 && (table.Kind == ModelKind.Event || random.Next(2) == 0) ? [] : table.EncodeKey(index, bound);

    private object[] AnyBound(ModelRows rows, ModelIndex index) =>
        random.Next(2) == 0 ? [] : AnyKey(rows, index)[..random.Next(index.Columns.Length + 1)];

    private object[] AnyKey(ModelRows rows, ModelIndex index) => rows.Table.KeyOf(
        index, rows.Rows.Count > 0 && random.Next(3) > 0 ? rows.Rows[random.Next(rows.Rows.Count)].Values : rows.Table.NextRow(random));

    private object[] WithKeyOf(ModelRows rows, object[] row)
    {
        if (rows.Rows.Count == 0) return row;
        object[] old = rows.Rows[random.Next(rows.Rows.Count)].Values;
        object[] changed = [.. row];
        foreach (string column in rows.Table.Primary) changed[rows.Table.Position(column)] = old[rows.Table.Position(column)];
        return changed;
    }
}
