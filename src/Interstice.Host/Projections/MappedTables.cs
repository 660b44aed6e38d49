using System.Buffers;
using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>The tables of a module as another version would have them, kept up with what is recorded: each recorded row is taken through the
/// steps that lead there. Used by one thread at a time; the module's own tables go their own way.</summary>
/// <param name="mapping">A copy of the tables, and how rows get there.</param>
public sealed class MappedTables(StateMapping mapping)
{
    /// <summary>The tables.</summary>
    public ModuleState State => mapping.State;

    /// <summary>The events of a transaction as the other version would have recorded them: without those of tables that it has no more, and
    /// of changes that it does not see.</summary>
    /// <param name="events">The events; borrowed.</param>
    /// <exception cref="MigrationException">A row has no place in the other tables.</exception>
    public RecordedEvent[] Map(ReadOnlySpan<RecordedEvent> events)
    {
        var changes = new MappedChanges();
        foreach (ref readonly RecordedEvent recorded in events) Map(recorded, changes);
        return changes.ToEvents();
    }

    /// <summary>Applies what <see cref="Map(ReadOnlySpan{RecordedEvent})"/> gave.</summary>
    /// <param name="mapped">The events of one transaction.</param>
    /// <exception cref="ProjectionDivergedException">The rows do not fit: two have the same key.</exception>
    public void Apply(ReadOnlySpan<RecordedEvent> mapped)
    {
        foreach (ref readonly RecordedEvent recorded in mapped) Apply(recorded);
        State.VerifyUnique();
    }

    /// <summary>Whether a change of a table of the other version can be compared with what is recorded: the table follows from one that is there.</summary>
    /// <param name="table">Its number.</param>
    public bool IsCompared(int table) => mapping.Find(table) is not null;

    /// <summary>Whether two rows of a table are the same in the columns that both versions have.</summary>
    public bool AreAlike(int table, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => mapping.Find(table)!.AreAlike(left, right);

    /// <summary>Whether two rows of a table are the same in the columns that both versions have.</summary>
    /// <param name="table">Its name, in UTF-8.</param>
    /// <param name="left">A row.</param>
    /// <param name="right">Another one.</param>
    public bool AreAlike(ReadOnlySpan<byte> table, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        State.FindTable(Encoding.UTF8.GetString(table)) is { } found ? AreAlike(found.Schema.Number, left, right) : left.SequenceEqual(right);

    private void Map(in RecordedEvent recorded, MappedChanges changes)
    {
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        ReadOnlySpan<byte> table;
        ReadOnlySpan<byte> row;
        switch (recorded.Type)
        {
            case EventTypes.RowUpdated:
                RowEvent.ReadUpdate(payload, out table, out ReadOnlySpan<byte> oldRow, out row);
                if (MappingOf(table) is { } updated) changes.Add(recorded, updated, updated.Convert(oldRow), updated.Convert(row));
                break;
            case EventTypes.RowInserted:
                RowEvent.Read(payload, out table, out row);
                if (MappingOf(table) is { } inserted) changes.Add(recorded, inserted, null, inserted.Convert(row));
                break;
            case EventTypes.RowDeleted:
                RowEvent.Read(payload, out table, out row);
                if (MappingOf(table) is { } deleted) changes.Add(recorded, deleted, deleted.Convert(row), null);
                break;
            case EventTypes.EventEmitted:
                RowEvent.Read(payload, out table, out row);
                if (MappingOf(table) is { } emitted) changes.Add(With(recorded, emitted, row));
                else if (State.Schema.FindEvent(Encoding.UTF8.GetString(table)) is not null) changes.Add(recorded);
                break;
            default:
                changes.Add(recorded);
                break;
        }
    }

    private static RecordedEvent With(in RecordedEvent recorded, TableMapping table, ReadOnlySpan<byte> row)
    {
        using var writer = new PayloadWriter();
        RowEvent.Write(writer, Encoding.UTF8.GetBytes(table.Target.Name), table.Convert(row));
        return recorded with { Data = writer.Written.ToArray() };
    }

    private void Apply(in RecordedEvent recorded)
    {
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> row;
        switch (recorded.Type)
        {
            case EventTypes.RowInserted:
                RowEvent.Read(payload, out name, out row);
                Table inserted = TableOf(name);
                inserted.Release(inserted.Insert(row));
                break;
            case EventTypes.RowUpdated:
                RowEvent.ReadUpdate(payload, out name, out ReadOnlySpan<byte> oldRow, out row);
                Table updated = TableOf(name);
                updated.Release(updated.Update(oldRow, row));
                break;
            case EventTypes.RowDeleted:
                RowEvent.Read(payload, out name, out row);
                Table deleted = TableOf(name);
                deleted.Release(deleted.Delete(row));
                break;
            default:
                break; // changes no row
        }
    }

    private TableMapping? MappingOf(ReadOnlySpan<byte> name) => mapping.Find(Encoding.UTF8.GetString(name));

    private Table TableOf(ReadOnlySpan<byte> name) => State.FindTable(Encoding.UTF8.GetString(name))!;
}
