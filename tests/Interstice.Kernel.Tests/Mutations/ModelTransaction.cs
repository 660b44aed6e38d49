using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;

namespace Interstice.Kernel.Tests.Mutations;

/// <summary>Runs random operations against the overlay and against copies of the model's tables side by side.</summary>
internal sealed class ModelTransaction
{
    private readonly Random _random;
    private readonly RandomModule _module;
    private readonly MutationOverlay _overlay;
    private readonly ModelTable[] _committed;
    private readonly List<(string Key, int Table, byte[]? Payload)> _steps = [];
    private readonly List<(int Number, OverlayScan Scan, Queue<byte[]> Expected)> _scans = [];
    private readonly List<SavedState> _savepoints = [];
    private ModelTable[] _tables;
    private int _scansOpened;

    internal ModelTransaction(Random random, RandomModule module, MutationOverlay overlay, ModelTable[] committed)
    {
        (_random, _module, _overlay, _committed) = (random, module, overlay, committed);
        _tables = [.. committed.Select(table => table.Copy())];
        overlay.Begin();
    }

    internal ModelTable[] Tables => _tables;

    internal void Run(int operations)
    {
        for (int i = 0; i < operations; i++) Step();
        while (_scans.Count > 0) MoveScan(_random.Next(_scans.Count));
    }

    /// <summary>Checks the frozen set against what the model says it must be, in order.</summary>
    internal MutationSet Freeze()
    {
        var expected = new List<string>();
        foreach ((string key, int table, byte[]? payload) in _steps)
        {
            if (payload is not null)
            {
                expected.Add($"{(table < 0 ? MutationKind.Emit : MutationKind.EmitRow)} {Math.Max(table, 0)} - {Text(payload)}");
                continue;
            }

            byte[]? before = _committed[table].Rows.GetValueOrDefault(key);
            byte[]? after = _tables[table].Rows.GetValueOrDefault(key);
            if (before is null && after is null) continue;
            if (before is not null && after is not null && before.SequenceEqual(after)) continue;
            MutationKind kind = before is null ? MutationKind.Insert : after is null ? MutationKind.Delete : MutationKind.Update;
            expected.Add($"{kind} {table} {Text(before)} {Text(after)}");
        }

        MutationSet set = _overlay.Freeze();
        var found = new List<string>();
        foreach (Mutation mutation in set)
        {
            found.Add($"{mutation.Kind} {mutation.Number} {Text(mutation.OldRow)} {Text(mutation.NewRow)}");
            bool isLogged = mutation.Kind == MutationKind.Emit
                || _tables[mutation.Number].Schema.Kind != TableKind.Ephemeral;
            mutation.IsLogged.ShouldBe(isLogged);
        }

        found.ShouldBe(expected);
        return set;
    }

    private void Step()
    {
        int table = _random.Next(_tables.Length);
        if (_tables[table].Schema.Kind == TableKind.Event)
        {
            StepOfEvents(table);
            return;
        }

        switch (_random.Next(20))
        {
            case 0:
                Emit();
                break;
            case 1 or 2 or 3 or 4 or 5:
                Insert(table);
                break;
            case 6 or 7 or 8 or 9:
                Update(table);
                break;
            case 10 or 11:
                Delete(table);
                break;
            case 12:
                Get(table);
                break;
            case 13 or 14:
                OpenScan(table);
                break;
            case 15 or 16 when _scans.Count > 0:
                MoveScan(_random.Next(_scans.Count));
                break;
            case 17:
                Save();
                break;
            case 18 when _savepoints.Count > 0 && _random.Next(2) == 0:
                Rollback();
                break;
            default:
                _overlay.Count(table).ShouldBe(_tables[table].Rows.Count);
                break;
        }
    }

    private void StepOfEvents(int table)
    {
        List<byte[]> emitted = [.. _steps.Where(step => step.Table == table).Select(step => step.Payload!)];
        switch (_random.Next(6))
        {
            case 0:
                Emit();
                break;
            case 1:
                bool descending = _random.Next(2) == 0;
                if (descending) emitted.Reverse();
                _scans.Add((_scansOpened++, _overlay.Scan(table, 0, KeyRange.All, descending), new Queue<byte[]>(emitted)));
                break;
            case 2:
                _overlay.Count(table).ShouldBe(emitted.Count);
                break;
            default:
                Insert(table);
                break;
        }
    }

    private void Emit()
    {
        byte[] payload = new byte[8];
        _random.NextBytes(payload);
        _overlay.Emit(0, payload);
        _steps.Add(("", -1, payload));
    }

    private void Insert(int table)
    {
        byte[] row = _module.NextRow(_random, table);
        WriteOutcome outcome = _overlay.Insert(table, row, out ReadOnlySpan<byte> stored);
        ModelTable model = _tables[table];
        if (model.Schema.Kind == TableKind.Event)
        {
            stored.SequenceEqual(row).ShouldBeTrue();
            _steps.Add(("", table, row));
            return;
        }

        if (AutoIncrement.Of(model.Schema) is { } column && column.IsZero(row)) column.Write(row, model.Counter + 1);
        int conflict = model.Conflict(row, isInsert: true);
        outcome.ShouldBe(conflict < 0 ? WriteOutcome.Done : WriteOutcome.Duplicate(conflict));
        if (conflict >= 0) return;
        stored.SequenceEqual(row).ShouldBeTrue();
        Touch(table, row);
        model.Put(row);
    }

    private void Update(int table)
    {
        ModelTable model = _tables[table];
        byte[] row = _module.NextRow(_random, table);
        if (model.Rows.Count > 0 && _random.Next(5) > 0) row = WithKeyOf(Any(model), row, model.Schema);
        WriteOutcome outcome = _overlay.Update(table, row);
        if (!model.Rows.ContainsKey(model.KeyOf(row)))
        {
            outcome.ShouldBe(WriteOutcome.NotFound);
            return;
        }

        int conflict = model.Conflict(row, isInsert: false);
        outcome.ShouldBe(conflict < 0 ? WriteOutcome.Done : WriteOutcome.Duplicate(conflict));
        if (conflict >= 0) return;
        Touch(table, row);
        model.Put(row);
    }

    private void Delete(int table)
    {
        ModelTable model = _tables[table];
        byte[] row = model.Rows.Count > 0 && _random.Next(5) > 0 ? Any(model) : _module.NextRow(_random, table);
        string key = model.KeyOf(row);
        _overlay.Delete(table, model.Key(0, row)).ShouldBe(model.Rows.ContainsKey(key));
        if (!model.Rows.ContainsKey(key)) return;
        Touch(table, row);
        model.Remove(key);
    }

    private void Get(int table)
    {
        ModelTable model = _tables[table];
        byte[] row = model.Rows.Count > 0 && _random.Next(3) > 0 ? Any(model) : _module.NextRow(_random, table);
        bool isThere = _overlay.TryGet(table, 0, model.Key(0, row), out ReadOnlySpan<byte> found);
        isThere.ShouldBe(model.Rows.TryGetValue(model.KeyOf(row), out byte[]? expected));
        if (isThere) found.SequenceEqual(expected).ShouldBeTrue();
        foreach (IndexSchema index in model.Schema.Indexes.Where(index => index.IsUnique))
        {
            byte[] key = model.Key(index.Number, row);
            expected = model.Rows.Values.SingleOrDefault(other => model.Key(index.Number, other).SequenceEqual(key));
            _overlay.TryGet(table, index.Number, key, out found).ShouldBe(expected is not null);
            if (expected is not null) found.SequenceEqual(expected).ShouldBeTrue();
        }
    }

    private void OpenScan(int table)
    {
        ModelTable model = _tables[table];
        int index = _random.Next(model.Schema.Indexes.Length + 1);
        byte[] lower = Bound(model, index), upper = Bound(model, index);
        bool lowerExclusive = _random.Next(2) == 0, upperExclusive = _random.Next(2) == 0, descending = _random.Next(2) == 0;
        List<byte[]> expected = model.Range(index, lower, lowerExclusive, upper, upperExclusive, descending);
        var range = new KeyRange(lower, lowerExclusive, upper, upperExclusive);
        _scans.Add((_scansOpened++, _overlay.Scan(table, index, range, descending), new Queue<byte[]>(expected)));
    }

    // A bound of all columns or of some leading ones, of a row that is there or of another.
    private byte[] Bound(ModelTable model, int index)
    {
        if (_random.Next(3) == 0) return [];
        byte[] row = model.Rows.Count > 0 && _random.Next(2) == 0 ? Any(model) : _module.NextRow(_random, model.Schema.Number);
        IndexSchema schema = index == 0 ? model.Schema.PrimaryKey! : model.Schema.Indexes[index - 1];
        var codec = new Interstice.Kernel.Values.KeyCodec(model.Schema.Row, schema.Columns[.._random.Next(1, schema.Columns.Length + 1)]);
        byte[] key = new byte[codec.LengthMax(row)];
        return key[..codec.Write(row, key)];
    }

    private void MoveScan(int number)
    {
        (_, OverlayScan scan, Queue<byte[]> expected) = _scans[number];
        for (int i = _random.Next(1, 20); i > 0; i--)
        {
            scan.MoveNext().ShouldBe(expected.Count > 0);
            if (expected.TryDequeue(out byte[]? row))
            {
                scan.Current.SequenceEqual(row).ShouldBeTrue();
                continue;
            }

            scan.Dispose();
            _scans.RemoveAt(number);
            return;
        }
    }

    private void Save() => _savepoints.Add(new SavedState(
        _overlay.CreateSavepoint(), [.. _tables.Select(table => table.Copy())], _steps.Count, _scansOpened));

    private void Rollback()
    {
        int number = _random.Next(_savepoints.Count);
        SavedState saved = _savepoints[number];
        _overlay.RollbackTo(saved.Savepoint);
        _tables = [.. saved.Tables.Select(table => table.Copy())];
        _steps.RemoveRange(saved.Steps, _steps.Count - saved.Steps);
        _savepoints.RemoveRange(number + 1, _savepoints.Count - number - 1);
        // Those opened since have been closed by the rollback; those from before go on.
        _scans.RemoveAll(scan => scan.Number >= saved.Scans);
    }

    private void Touch(int table, byte[] row)
    {
        string key = _tables[table].KeyOf(row);
        if (!_steps.Exists(step => step.Table == table && step.Key == key)) _steps.Add((key, table, null));
    }

    private byte[] Any(ModelTable model) => model.Rows.Values.ElementAt(_random.Next(model.Rows.Count));

    // The columns of the primary key from one row, the others from another.
    private static byte[] WithKeyOf(byte[] keyRow, byte[] row, TableSchema schema)
    {
        var mixed = new List<byte>();
        for (int column = 0; column < schema.Columns.Length; column++)
        {
            byte[] source = schema.PrimaryKey!.Columns.Contains(column) ? keyRow : row;
            mixed.AddRange(schema.Row.Field(source, column));
        }

        return [.. mixed];
    }

    private static string Text(ReadOnlySpan<byte> row) => row.IsEmpty ? "-" : Convert.ToHexString(row);

    private sealed record SavedState(Savepoint Savepoint, ModelTable[] Tables, int Steps, int Scans);
}
