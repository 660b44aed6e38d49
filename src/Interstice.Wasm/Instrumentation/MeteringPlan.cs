using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Instrumentation;

/// <summary>What is added to a module, by index: types, functions and globals after those that it has, so that no index of
/// its own changes.</summary>
internal sealed class MeteringPlan
{
    private readonly List<FunctionType> _types = [];

    public MeteringPlan(WasmModule module)
    {
        Module = module;
        Fuel = module.Globals.Length;
        UnaryType = TypeOf(new FunctionType([ValueKind.I32], [ValueKind.I32]));
        int next = module.Functions.Length;
        BulkFunction = next++;
        GrowFunction = module.Memories.IsEmpty ? -1 : next++;
        FirstTableFunction = next;
        TableTypes = [.. module.Tables.Select(table => TypeOf(new FunctionType([table.ElementKind, ValueKind.I32], [ValueKind.I32])))];
    }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>Types that are added.</summary>
    public IReadOnlyList<FunctionType> AddedTypes => _types;

    /// <summary>Global i64: fuel that is left; below zero after a charge that failed.</summary>
    public int Fuel { get; }

    /// <summary>Global i32: call depth that is left; below zero after a call that failed.</summary>
    public int Depth => Fuel + 1;

    /// <summary>Global i32: most pages of memory.</summary>
    public int PagesMax => Fuel + 2;

    /// <summary>Global i32: most entries of a table.</summary>
    public int EntriesMax => Fuel + 3;

    /// <summary>Global i32: 1 after memory or a table would have passed its limit.</summary>
    public int OverLimit => Fuel + 4;

    /// <summary>Number of globals that are added.</summary>
    public const int AddedGlobals = 5;

    /// <summary>Type of a function from i32 to i32.</summary>
    public int UnaryType { get; }

    /// <summary>Function that charges a length divided by 64 and gives the length back.</summary>
    public int BulkFunction { get; }

    /// <summary>Function in place of <c>memory.grow</c>; -1 without a memory.</summary>
    public int GrowFunction { get; }

    /// <summary>Function in place of <c>table.grow</c> of table 0; those of the other tables follow.</summary>
    public int FirstTableFunction { get; }

    /// <summary>Types of the functions in place of <c>table.grow</c>.</summary>
    public int[] TableTypes { get; }

    /// <summary>The index of a type, which is added if the module does not have it.</summary>
    public int TypeOf(FunctionType type)
    {
        int known = Module.Types.IndexOf(type);
        if (known >= 0) return known;
        int added = _types.IndexOf(type);
        if (added < 0)
        {
            added = _types.Count;
            _types.Add(type);
        }

        return Module.Types.Length + added;
    }
}
