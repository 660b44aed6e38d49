using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Migrations;

/// <summary>What a migration's reducer sees: the tables that it fills, without rows, and those of before, under names of their own, with theirs. The
/// other tables of the module have their names and no rows, and may not be used.</summary>
public sealed class MigrationScope
{
    /// <summary>What stands behind the name of a table of before.</summary>
    public const string OldSuffix = "@old";

    private readonly int _firstOld;
    private readonly bool[] _isWritten;

    internal MigrationScope(
        MigrationSchema migration, ModuleSchema declared, IReadOnlyList<Table> written, IReadOnlyList<Table> old)
    {
        Migration = migration;
        Dictionary<string, Table> filled = written.ToDictionary(table => table.Schema.Name);
        IEnumerable<TableSchema> own = declared.Tables.Select(table => filled.TryGetValue(table.Name, out Table? other) ? other.Schema : table)
            .Concat(written.Where(table => declared.FindTable(table.Schema.Name) is null).Select(table => table.Schema));
        ImmutableArray<TableSchema> present = [.. own.Select((table, number) => table.As(table.Name, number))];
        _firstOld = present.Length;
        _isWritten = [.. present.Select(table => filled.ContainsKey(table.Name))];
        var schema = new ModuleSchema(declared, [.. present, .. old.Select((table, i) => table.Schema.As(table.Schema.Name + OldSuffix, _firstOld + i))]);
        State = new ModuleState(schema, (table, totals) =>
        {
            if (IsOld(table)) return new Table(table, totals, old[table.Number - _firstOld]);
            var made = new Table(table, totals);
            if (CanWrite(table)) made.SetReplayedCounter(filled[table.Name].Counter);
            return made;
        });
    }

    /// <summary>The migration.</summary>
    public MigrationSchema Migration { get; }

    /// <summary>The tables. Nothing may be written to them: what the reducer writes stays in its overlay.</summary>
    public ModuleState State { get; }

    /// <summary>Whether a table is one of before.</summary>
    /// <param name="table">A table of <see cref="State"/>.</param>
    public bool IsOld(TableSchema table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return !table.IsOfHost && table.Number >= _firstOld;
    }

    /// <summary>Whether the reducer fills a table.</summary>
    /// <param name="table">A table of <see cref="State"/>.</param>
    public bool CanWrite(TableSchema table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Number < _firstOld && _isWritten[table.Number];
    }
}
