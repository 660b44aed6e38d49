using Interstice.Kernel.Mutations;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Mutations;

/// <summary>Goal: in steady state nothing is allocated. Method: run once to warm up, then count the bytes of a second run.</summary>
public sealed class AllocationTests
{
    private const int Rows = 2000;

    private readonly ModuleState _state = NewState();
    private readonly MutationOverlay _overlay;
    private readonly UndoLog _undo;
    private readonly byte[][] _people = [.. Enumerable.Range(0, Rows).Select(i => Person((ulong)i, $"{i:d4}@x", $"name {i % 10}"))];
    private readonly byte[][] _changed = [.. Enumerable.Range(0, Rows).Select(i => Person((ulong)i, $"{i:d4}@y", $"name {i % 9}"))];
    private readonly byte[][] _keys = [.. Enumerable.Range(0, Rows).Select(i => Key((ulong)i))];
    private readonly byte[] _note = Note(0, "transferred");

    public AllocationTests()
    {
        foreach (byte[] person in _people) _state.GetTable(People).Insert(person);
        _overlay = new MutationOverlay(_state);
        _undo = new UndoLog(_state);
    }

    [Fact]
    public void Scans_and_look_ups_of_a_table_allocate_nothing()
    {
        Table table = _state.GetTable(People);
        byte[] email = Key("0500@x");
        int found = 0;
        BytesOf(() =>
        {
            foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, false)) found += row.Length;
            foreach (ReadOnlySpan<byte> row in table.Scan(ByName, KeyRange.All, true)) found += row.Length;
            foreach (byte[] key in _keys) found += table.TryGet(0, key, out ReadOnlySpan<byte> row) ? row.Length : 0;
            table.TryGet(ByEmail, email, out _);
        }).ShouldBe(0);
        found.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Transactions_that_read_write_scan_freeze_apply_and_release_allocate_nothing() =>
        BytesOf(() =>
        {
            for (int i = 0; i < 200; i++) Transfer(i, i + 200, _people, _changed);
            for (int i = 0; i < 200; i++) Transfer(i, i + 200, _changed, _people);
        }).ShouldBe(0);

    [Fact]
    public void Transactions_that_are_rolled_back_or_undone_allocate_nothing() =>
        BytesOf(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                _overlay.Begin();
                Savepoint savepoint = _overlay.CreateSavepoint();
                _overlay.Update(People, _changed[i]);
                _overlay.RollbackTo(savepoint);
                _overlay.Update(People, _changed[i]);
                long position = _undo.Position;
                Apply(_overlay.Freeze());
                _undo.UndoTo(position);
            }
        }).ShouldBe(0);

    private void Transfer(int from, int to, byte[][] before, byte[][] after)
    {
        _overlay.Begin();
        _overlay.TryGet(People, 0, _keys[from], out ReadOnlySpan<byte> row).ShouldBeTrue();
        row.SequenceEqual(before[from]).ShouldBeTrue();
        _overlay.TryGet(People, 0, _keys[to], out _);
        _overlay.Update(People, after[from]);
        _overlay.Update(People, after[to]);
        _overlay.Insert(Notes, _note, out ReadOnlySpan<byte> stored);
        _overlay.Emit(0, _keys[0]);
        using (OverlayScan scan = _overlay.Scan(People, ByName, KeyRange.All, false))
        {
            for (int i = 0; i < 20; i++) scan.MoveNext().ShouldBeTrue();
        }

        _overlay.Delete(Notes, _keys[0]);
        ulong id = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(stored);
        Apply(_overlay.Freeze());
        _undo.ReleaseTo(_undo.Position);
        // The note goes again, so that the table does not grow.
        _overlay.Begin();
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(key, id);
        _overlay.Delete(Notes, key).ShouldBeTrue();
        Apply(_overlay.Freeze());
        _undo.ReleaseTo(_undo.Position);
    }

    private void Apply(MutationSet set)
    {
        foreach (Mutation mutation in set)
        {
            if (mutation.Kind is MutationKind.Emit) continue;
            Table table = _state.GetTable(mutation.Number);
            if (mutation.Kind == MutationKind.Insert) _undo.Add(table.Insert(mutation.NewRow));
            else if (mutation.Kind == MutationKind.Update) _undo.Add(table.Update(mutation.OldRow, mutation.NewRow));
            else _undo.Add(table.Delete(mutation.OldRow));
        }
    }

    private static long BytesOf(Action action)
    {
        action();
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
