using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Migrations;

/// <summary>A copy of a module's tables under the declarations of another version, and how what happens in the one is said in the other.</summary>
/// <param name="state">The copy: no row is shared.</param>
/// <param name="tables">The tables that follow from one that is there.</param>
public sealed class StateMapping(ModuleState state, ImmutableArray<TableMapping> tables)
{
    private readonly Dictionary<string, TableMapping> _bySource = tables.ToDictionary(table => table.Source.Name);
    private readonly Dictionary<int, TableMapping> _byTarget = tables.ToDictionary(table => table.Target.Number);

    /// <summary>The copy.</summary>
    public ModuleState State => state;

    /// <summary>The mapping of a table that is there; null if no table follows from it.</summary>
    /// <param name="source">Its name.</param>
    public TableMapping? Find(string source) => _bySource.GetValueOrDefault(source);

    /// <summary>The mapping that leads to a table of the copy; null if it begins without rows.</summary>
    /// <param name="target">Its number.</param>
    public TableMapping? Find(int target) => _byTarget.GetValueOrDefault(target);
}
