using Interstice.Kernel.Hashing;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;

namespace Interstice.Kernel.Tests.Mutations;

/// <summary>Goal: overlay, tables and undo do what naive code does, for any schema. Method: random modules, random transactions
/// run on both; the frozen mutations, every row of every index in both directions, counters and hashes are compared, and
/// so they are after transactions were undone.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Transactions_and_their_undo_leave_what_the_naive_model_has() => RandomTest.Run(60, RunModule);

    private static void RunModule(Random random)
    {
        var module = new RandomModule(random);
        var state = new ModuleState(module.Schema);
        var overlay = new MutationOverlay(state);
        var undo = new UndoLog(state);
        ModelTable[] model = [.. module.Schema.Tables.Select(table => new ModelTable(table))];
        var history = new List<(long Position, ModelTable[] Model, StateHash Hash)>();
        int transactions = random.Next(5, 40);
        for (int i = 0; i < transactions; i++)
        {
            var transaction = new ModelTransaction(random, module, overlay, model);
            transaction.Run(random.Next(1, random.Next(2) == 0 ? 10 : 120));
            if (random.Next(5) == 0) continue;
            history.Add((undo.Position, model, state.Hash));
            Apply(transaction.Freeze(), state, undo);
            model = [.. transaction.Tables.Zip(model, (after, before) => after.Commit(before))];
            Compare(state, model);
            if (random.Next(4) == 0) model = UndoSome(random, state, undo, history);
            if (random.Next(4) == 0) undo.ReleaseTo(ReleasePosition(random, undo, history));
        }

        undo.ReleaseTo(undo.Position);
        Compare(state, model);
    }

    private static void Apply(MutationSet set, ModuleState state, UndoLog undo)
    {
        foreach (Mutation mutation in set)
        {
            if (mutation.Kind is MutationKind.Emit or MutationKind.EmitRow) continue;
            Table table = state.GetTable(mutation.Number);
            undo.Add(mutation.Kind switch
            {
                MutationKind.Insert => table.Insert(mutation.NewRow),
                MutationKind.Update => table.Update(mutation.OldRow, mutation.NewRow),
                _ => table.Delete(mutation.OldRow),
            });
        }

        state.VerifyUnique();
    }

    private static ModelTable[] UndoSome(
        Random random, ModuleState state, UndoLog undo, List<(long Position, ModelTable[] Model, StateHash Hash)> history)
    {
        int number = random.Next(history.Count);
        (long position, ModelTable[] model, StateHash hash) = history[number];
        undo.UndoTo(position);
        history.RemoveRange(number, history.Count - number);
        state.Hash.ShouldBe(hash);
        Compare(state, model);
        return model;
    }

    private static long ReleasePosition(
        Random random, UndoLog undo, List<(long Position, ModelTable[] Model, StateHash Hash)> history)
    {
        int released = random.Next(history.Count + 1);
        long position = released == history.Count ? undo.Position : history[released].Position;
        history.RemoveRange(0, released);
        return position;
    }

    private static void Compare(ModuleState state, ModelTable[] model)
    {
        state.ComputeHashFromRows().ShouldBe(state.Hash);
        state.PayloadBytes.ShouldBe(model.Sum(table => table.Rows.Values.Sum(row => (long)row.Length)));
        foreach (ModelTable expected in model)
        {
            Table table = state.GetTable(expected.Schema.Number);
            table.Verify();
            table.Count.ShouldBe(expected.Rows.Count);
            table.Counter.ShouldBe(expected.Counter);
            table.DuplicateKeys.ShouldBe(0);
            if (expected.Schema.Kind == TableKind.Event) continue;
            for (int index = 0; index <= expected.Schema.Indexes.Length; index++)
            {
                CompareScan(table, expected, index, descending: false);
                CompareScan(table, expected, index, descending: true);
            }
        }
    }

    private static void CompareScan(Table table, ModelTable expected, int index, bool descending)
    {
        var rows = new List<string>();
        foreach (ReadOnlySpan<byte> row in table.Scan(index, KeyRange.All, descending)) rows.Add(Convert.ToHexString(row));
        rows.ShouldBe(expected.Range(index, [], false, [], false, descending).Select(row => Convert.ToHexString(row)));
    }
}
