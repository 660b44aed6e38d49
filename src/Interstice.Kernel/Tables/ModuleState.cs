using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <summary>All tables of one module. Not thread-safe: the module's loop owns it.</summary>
public sealed class ModuleState
{
    private readonly StateTotals _totals = new();
    private readonly Table[] _tables;
    private readonly Dictionary<string, Table> _byName;

    /// <summary>Makes empty tables.</summary>
    /// <param name="schema">What the module declares.</param>
    public ModuleState(ModuleSchema schema)
        : this(schema, (table, totals) => new Table(table, totals))
    {
    }

    internal ModuleState(ModuleSchema schema, Func<TableSchema, StateTotals, Table> make)
    {
        ArgumentNullException.ThrowIfNull(schema);
        Schema = schema;
        _tables = [.. schema.AllTables.Select(table => make(table, _totals))];
        _byName = _tables.ToDictionary(table => table.Schema.Name);
    }

    /// <summary>What the module declares.</summary>
    public ModuleSchema Schema { get; }

    /// <summary>All tables by number, the host's and event tables (which never hold a row) included.</summary>
    public ReadOnlySpan<Table> Tables => _tables;

    /// <summary>Hash of all logged tables and their counters, kept up with every change.</summary>
    public StateHash Hash => _totals.Hash;

    /// <summary>Bytes of all rows.</summary>
    public long PayloadBytes => _tables.Sum(table => table.PayloadBytes);

    /// <summary>Bytes of memory held for rows and indexes, used or not.</summary>
    public long MemoryBytes => _tables.Sum(table => table.MemoryBytes);

    /// <summary>The table of a number.</summary>
    /// <param name="number">As in the schema.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Table GetTable(int number)
    {
        if ((uint)number < (uint)_tables.Length) return _tables[number];
        throw new ArgumentException($"Module \"{Schema.Name}\" has no table {number}.", nameof(number));
    }

    /// <summary>The table of a name, or null.</summary>
    /// <param name="name">As in the schema.</param>
    public Table? FindTable(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Enters new rows that wait into indexes where many do. Whoever reads an index finds them all the same, but has to wait
    /// while they are entered: call this when there is nothing else to do.</summary>
    public void EnterWaiting()
    {
        foreach (Table table in _tables) table.EnterWaiting(TableIndex.WaitingMany);
    }

    /// <summary>Lets new rows be entered into indexes elsewhere from now on: where keys are short enough to stand in the index
    /// themselves, and nothing depends on it but what is read through the index.</summary>
    /// <param name="elsewhere">Enters them; used until these tables are given up.</param>
    public void EnterElsewhere(IIndexEntering elsewhere)
    {
        ArgumentNullException.ThrowIfNull(elsewhere);
        foreach (Table table in _tables) table.EnterElsewhere(elsewhere);
    }

    /// <summary>Has rows of the module's own tables that wait entered elsewhere where many do and that may be. Takes little time: call
    /// it often.</summary>
    public void HandWaiting()
    {
        foreach (Table table in _tables.AsSpan(0, Schema.Tables.Length)) table.HandWaiting(TableIndex.WaitingMany);
    }

    /// <summary>Empties the ephemeral tables. No change of them may wait for undo or release.</summary>
    public void ClearEphemeral()
    {
        foreach (Table table in _tables)
            if (table.Schema.Kind == TableKind.Ephemeral) table.Clear();
    }

    /// <summary>Computes the hash from all rows and counters; equal to <see cref="Hash"/>.</summary>
    public StateHash ComputeHashFromRows()
    {
        StateHash hash = StateHash.Zero;
        foreach (Table table in _tables) hash += table.ComputeHashFromRows();
        return hash;
    }

    /// <summary>Call at the end of each transaction that was applied: no unique index may hold a key twice.</summary>
    /// <exception cref="ProjectionDivergedException">One does. The transaction must be undone.</exception>
    public void VerifyUnique()
    {
        if (_totals.DuplicateKeys == 0) return;
        foreach (Table table in _tables) table.ThrowIfDuplicate();
    }
}
