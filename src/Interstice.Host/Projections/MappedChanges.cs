using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;

namespace Interstice.Host.Projections;

/// <summary>The changes of one transaction as another version would have recorded them, in the order in which their rows were first touched.</summary>
/// <remarks>A transaction has one change of a primary key. Where the other version has other keys, a row that is updated may leave one key
/// and come to another, which a second row has left: what happens to one key becomes one change again.</remarks>
internal sealed class MappedChanges
{
    private readonly List<Change> _changes = [];
    private readonly Dictionary<(TableMapping Table, string Key), int> _byKey = [];

    /// <summary>Adds an event that is said as it is.</summary>
    internal void Add(in RecordedEvent recorded) => _changes.Add(new(recorded, null, null, null));

    /// <summary>Adds a change of a row.</summary>
    /// <param name="recorded">Its event.</param>
    /// <param name="table">The table.</param>
    /// <param name="before">The row before, as the other version has it; null for an insert.</param>
    /// <param name="after">The row behind it; null for a delete.</param>
    internal void Add(in RecordedEvent recorded, TableMapping table, byte[]? before, byte[]? after)
    {
        if (table.KeepsKeys)
        {
            _changes.Add(new(recorded, table, before, after));
        }
        else if (before is not null && after is not null && !table.KeyOf(before).AsSpan().SequenceEqual(table.KeyOf(after)))
        {
            AddOfKey(new(recorded, table, before, null));
            AddOfKey(new(recorded, table, null, after));
        }
        else
        {
            AddOfKey(new(recorded, table, before, after));
        }
    }

    /// <summary>What was added, without changes that the other version does not see.</summary>
    internal RecordedEvent[] ToEvents() => [.. _changes.Where(change => change.IsSeen).Select(change => change.ToEvent())];

    private void AddOfKey(Change change)
    {
        (TableMapping, string) key = (change.Table!, Convert.ToHexString(change.Table!.KeyOf(change.Before ?? change.After!)));
        if (!_byKey.TryGetValue(key, out int at))
        {
            _byKey.Add(key, _changes.Count);
            _changes.Add(change);
            return;
        }

        // Two rows that leave one key, or come to it, have no place in the table: told when they are applied.
        Change first = _changes[at];
        bool isOne = (first.Before is null || change.Before is null) && (first.After is null || change.After is null);
        if (isOne) _changes[at] = first with { Before = first.Before ?? change.Before, After = first.After ?? change.After };
        else _changes.Add(change);
    }

    private readonly record struct Change(RecordedEvent Recorded, TableMapping? Table, byte[]? Before, byte[]? After)
    {
        internal bool IsSeen => Before is null || After is null || !Before.AsSpan().SequenceEqual(After);

        internal RecordedEvent ToEvent()
        {
            if (Table is null) return Recorded;
            byte[] name = Encoding.UTF8.GetBytes(Table.Target.Name);
            using var writer = new PayloadWriter();
            if (Before is not null && After is not null) RowEvent.WriteUpdate(writer, name, Before, After);
            else RowEvent.Write(writer, name, (Before ?? After)!);
            string type = Before is null ? EventTypes.RowInserted : After is null ? EventTypes.RowDeleted : EventTypes.RowUpdated;
            return Recorded with { Type = type, Data = writer.Written.ToArray() };
        }
    }
}
