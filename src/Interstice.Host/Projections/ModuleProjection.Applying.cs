using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>The one place where rows change: live transactions with a record for undo, recorded events without.</summary>
public sealed partial class ModuleProjection
{
    private readonly Queue<AppliedEnd> _appliedEnds = new();
    private UndoLog? _undo;
    private byte[][] _tableNames = [];
    private IIndexEntering? _elsewhere;

    /// <summary>Applies a transaction that is not durable yet. It can be undone until it is released.</summary>
    /// <param name="mutations">Its mutations, checked by the overlay.</param>
    /// <param name="isRecorded">Whether it is recorded though it changes nothing that is logged.</param>
    /// <exception cref="ProjectionDivergedException">A mutation does not fit the tables; all of it is undone.</exception>
    public void Apply(MutationSet mutations, bool isRecorded = false)
    {
        UndoLog undo = _undo ?? throw new InvalidOperationException($"module {Module} has no tables yet");
        long start = undo.Position;
        try
        {
            for (int i = 0; i < mutations.Count; i++) Apply(mutations[i], undo);
            State!.VerifyUnique();
        }
        catch (ProjectionDivergedException)
        {
            undo.UndoTo(start);
            throw;
        }

        bool isLogged = isRecorded || mutations.LoggedCount > 0;
        _appliedEnds.Enqueue(new(undo.Position, isLogged));
        if (!isLogged) return;
        TransactionCount++;
        RecordedHash = null;
    }

    /// <summary>The oldest transactions that can be undone are durable: they never are.</summary>
    /// <param name="transactions">How many, at most as many as can be undone.</param>
    public void Release(int transactions)
    {
        if (transactions == 0) return;
        long end = 0;
        for (int i = 0; i < transactions; i++) end = _appliedEnds.Dequeue().Position;
        _undo!.ReleaseTo(end);
        _releasedNumber += transactions;
        Keys.Release(_releasedNumber);
    }

    /// <summary>Undoes the newest transactions, newest first.</summary>
    /// <param name="transactions">How many, at most as many as can be undone.</param>
    /// <param name="revision">Revision of the stream without them.</param>
    /// <param name="chain">Value of the hash chain at that revision.</param>
    public void Undo(int transactions, Revision revision, ChainValue chain)
    {
        Revision = revision;
        _links.MoveTo(chain);
        if (transactions == 0) return;
        AppliedEnd[] ends = [.. _appliedEnds];
        int kept = ends.Length - transactions;
        _undo!.UndoTo(kept == 0 ? _undo.Released : ends[kept - 1].Position);
        _appliedEnds.Clear();
        foreach (AppliedEnd end in ends.AsSpan(0, kept)) _appliedEnds.Enqueue(end);
        TransactionCount -= ends.AsSpan(kept).ToArray().Count(end => end.IsLogged);
        Keys.Undo(AppliedNumber);
    }

    /// <summary>Empties the ephemeral tables. Nothing applied may wait to be released.</summary>
    public void ClearEphemeral() => State?.ClearEphemeral();

    /// <summary>Does what may be done when there is nothing else to do, so that nobody waits for it later.</summary>
    public void TidyUp() => State?.EnterWaiting();

    /// <summary>Has rows entered into indexes elsewhere, if many wait. Takes little time.</summary>
    public void HandWaiting() => State?.HandWaiting();

    /// <summary>Says where else rows may be entered into indexes from now on.</summary>
    public void EnterIndexesElsewhere(IIndexEntering elsewhere)
    {
        _elsewhere = elsewhere;
        State?.EnterElsewhere(elsewhere);
    }

    private void Apply(in Mutation mutation, UndoLog undo)
    {
        switch (mutation.Kind)
        {
            case MutationKind.Insert:
                undo.Add(State!.GetTable(mutation.Number).Insert(mutation.NewRow));
                break;
            case MutationKind.Update:
                undo.Add(State!.GetTable(mutation.Number).Update(mutation.OldRow, mutation.NewRow));
                break;
            case MutationKind.Delete:
                undo.Add(State!.GetTable(mutation.Number).Delete(mutation.OldRow));
                break;
            default:
                break; // An emitted event changes no row.
        }
    }

    // What is recorded is durable: nothing is kept for undo.
    private void ApplyRecorded(in RecordedEvent recorded)
    {
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> row;
        Table table;
        switch (recorded.Type)
        {
            case EventTypes.RowInserted:
                RowEvent.Read(payload, out name, out row);
                table = FindTable(recorded, name);
                ExpectCanonical(recorded, table, row);
                if (ReplayOf(table) is { } inserting) inserting.Insert(row);
                else table.Release(table.Insert(row));
                break;
            case EventTypes.RowUpdated:
                RowEvent.ReadUpdate(payload, out name, out ReadOnlySpan<byte> oldRow, out row);
                table = FindTable(recorded, name);
                ExpectCanonical(recorded, table, row);
                if (ReplayOf(table) is { } updating) updating.Update(oldRow, row);
                else table.Release(table.Update(oldRow, row));
                break;
            case EventTypes.RowDeleted:
                RowEvent.Read(payload, out name, out row);
                table = FindTable(recorded, name);
                ExpectCanonical(recorded, table, row);
                if (ReplayOf(table) is { } deleting) deleting.Delete(row);
                else table.Release(table.Delete(row));
                break;
            case EventTypes.CallRecorded:
                CallRecorded.Read(payload);
                break;
            case EventTypes.GroupCommitted:
                GroupCommitted.Read(payload);
                break;
            default:
                RowEvent.Read(payload, out _, out _);
                break;
        }
    }

    private TableReplay? ReplayOf(Table table) => _replays.Length == 0 ? null : _replays[table.Schema.Number];

    private Table FindTable(in RecordedEvent recorded, ReadOnlySpan<byte> name)
    {
        // Modules have few tables: comparing names costs less than hashing them.
        for (int i = 0; i < _tableNames.Length; i++)
            if (name.SequenceEqual(_tableNames[i])) return ExpectLogged(recorded, State!.GetTable(i));
        throw Damage(recorded, ReplayErrorKind.Diverged, "a declared table", $"\"{Encoding.UTF8.GetString(name)}\"");
    }

    private Table ExpectLogged(in RecordedEvent recorded, Table table)
    {
        if (table.Schema.Kind == TableKind.Logged) return table;
        string found = $"{table.Schema.Kind.ToString().ToLowerInvariant()} table \"{table.Schema.Name}\"";
        throw Damage(recorded, ReplayErrorKind.Diverged, "a logged table", found);
    }

    private void ExpectCanonical(in RecordedEvent recorded, Table table, ReadOnlySpan<byte> row)
    {
        if (!table.Schema.Row.TryValidate(row, out Kernel.Values.ValueError error))
        {
            throw Damage(
                recorded,
                ReplayErrorKind.Undecodable,
                $"a canonical row of table \"{table.Schema.Name}\"",
                error.ToString());
        }
    }

    private void BindTables(ModuleState state)
    {
        _undo = new UndoLog(state);
        if (_elsewhere is not null) state.EnterElsewhere(_elsewhere);
        _tableNames = [.. state.Schema.AllTables.Select(table => Encoding.UTF8.GetBytes(table.Name))];
    }

    /// <summary>Where a transaction ends among the changes that can be undone, and whether it is in the log.</summary>
    private readonly record struct AppliedEnd(long Position, bool IsLogged);
}
