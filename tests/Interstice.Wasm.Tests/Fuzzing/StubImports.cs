using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Imports for modules of which nothing is known: functions that return zeroes, small memories and tables.</summary>
internal sealed class StubImports : IDisposable
{
    private const uint MemoryPages = 4, MemoryPagesMax = 16, TableEntries = 100, TableEntriesMax = 10_000;

    private readonly List<LinearMemory> _memories = [];

    public StubImports(WasmModule module)
    {
        foreach (Import import in module.Imports) Imports.Add(import.Module, import.Name, Make(module, import));
    }

    /// <summary>Everything that the module imports, as far as it is small enough.</summary>
    public Imports Imports { get; } = new();

    public void Dispose() => _memories.ForEach(memory => memory.Dispose());

    private External Make(WasmModule module, Import import)
    {
        switch (import.Kind)
        {
            case ExternKind.Function:
                FunctionType type = module.Functions[import.Index].Type;
                return Function.FromCallback(type, _ => [.. type.Results.Select(Value.Default)]);
            case ExternKind.Global:
                GlobalDeclaration global = module.Globals[import.Index];
                return new Global(Value.Default(global.Kind), global.IsMutable);
            case ExternKind.Table:
                TableDeclaration table = module.Tables[import.Index];
                return new Table(table.ElementKind, Math.Min(table.Minimum, TableEntries), table.Maximum, TableEntriesMax);
            default:
                MemoryDeclaration memory = module.Memories[import.Index];
                _memories.Add(new LinearMemory(Math.Min(memory.Minimum, MemoryPages), memory.Maximum, MemoryPagesMax));
                return _memories[^1];
        }
    }
}
