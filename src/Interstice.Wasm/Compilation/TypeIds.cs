using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>Numbers the function types of a module from 1, equal types alike.</summary>
internal sealed class TypeIds
{
    private readonly Dictionary<FunctionType, int> _ids = [];
    private readonly List<FunctionType> _types = [];

    /// <summary>Numbers all types of a module.</summary>
    internal TypeIds(WasmModule module)
    {
        foreach (FunctionType type in module.Types)
        {
            if (_ids.TryAdd(type, _types.Count + 1)) _types.Add(type);
        }
    }

    /// <summary>How many there are.</summary>
    internal int Count => _types.Count;

    /// <summary>The number of a type.</summary>
    internal int Of(FunctionType type) => _ids[type];

    /// <summary>The type of a number.</summary>
    internal FunctionType TypeOf(int id) => _types[id - 1];
}
