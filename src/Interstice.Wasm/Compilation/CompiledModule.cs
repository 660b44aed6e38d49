using System.Reflection;
using System.Runtime.CompilerServices;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>A module as .NET code, from which instances are made. Thread-safe; compile each code hash once per
/// process.</summary>
/// <remarks>IL is emitted for the whole module at once; the just-in-time compiler makes machine code of each function
/// when it is first called, optimised at once, or before that in <see cref="Prepare"/>. The code lives in a collectible
/// assembly that is freed when nothing refers to the module, its instances and their functions any more.</remarks>
public sealed class CompiledModule : IDisposable
{
    private readonly EmittedModule _emitted;
    private readonly TypeIds _typeIds;
    private readonly MethodInfo?[] _entries;
    private readonly RawEntry?[] _rawEntries;
    private readonly nint[] _bridges;
    private bool _isDisposed;

    private CompiledModule(WasmModule module, CompilerOptions options, EmittedModule emitted, TypeIds typeIds)
    {
        Module = module;
        Options = options;
        _emitted = emitted;
        _typeIds = typeIds;
        _entries = new MethodInfo?[typeIds.Count + 1];
        _rawEntries = new RawEntry?[typeIds.Count + 1];
        _bridges = new nint[typeIds.Count + 1];
        UnoptimizedFunctions =
            [.. emitted.Large.Where(function => !IlSize.IsOptimized(MethodOf(emitted.MethodTokens[function]).GetMethodBody()!))];
    }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>What the compiler added.</summary>
    public CompilerOptions Options { get; }

    /// <summary>Indices of functions that are too large for the just-in-time compiler to optimise; they run several
    /// times slower. Worth a warning when the module is loaded.</summary>
    public IReadOnlyList<int> UnoptimizedFunctions { get; }

    /// <summary>Compiles a module.</summary>
    /// <param name="module">A validated module.</param>
    /// <param name="options">What to add; null for the defaults.</param>
    /// <exception cref="WasmFormatException">The module exceeds a limit of the compiler.</exception>
    public static CompiledModule Compile(WasmModule module, CompilerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        options ??= CompilerOptions.Default;
        var typeIds = new TypeIds(module);
        var compiled = new CompiledModule(module, options, ModuleEmitter.Emit(module, options, typeIds), typeIds);
        foreach (int function in compiled._emitted.Doubtful) compiled.Try(function);
        return compiled;
    }

    /// <summary>Makes an instance: links the imports, applies the active segments and runs the start
    /// function.</summary>
    /// <param name="imports">What the host supplies.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <exception cref="WasmLinkException">An import is missing or of another type.</exception>
    /// <exception cref="WasmTrapException">A segment does not fit, a limit is too small, or the start function
    /// trapped.</exception>
    public Instance Instantiate(Imports imports, InstanceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(imports);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new Linker(this, options ?? InstanceOptions.Default).Instantiate(imports);
    }

    /// <summary>Makes machine code of functions before they are called, in order of index; for a thread in the
    /// background.</summary>
    /// <param name="cancellation">Stops between functions.</param>
    public void Prepare(CancellationToken cancellation = default)
    {
        foreach (int token in _emitted.MethodTokens)
        {
            if (token == 0) continue;
            if (cancellation.IsCancellationRequested) return;
            RuntimeHelpers.PrepareMethod(MethodOf(token).MethodHandle);
        }
    }

    /// <summary>Forbids further instances. The code is freed when the last instance and its functions are.</summary>
    public void Dispose() => _isDisposed = true;

    /// <summary>The name of a function in the name section, or the name it is exported by, or null.</summary>
    /// <param name="functionIndex">Its index.</param>
    public string? NameOf(int functionIndex) => Module.FunctionName(functionIndex)
        ?? Module.Exports.FirstOrDefault(export => export.Kind == ExternKind.Function && export.Index == functionIndex)?.Name;

    /// <summary>Indices of globals that are held in cells.</summary>
    internal int[] CellIndices => _emitted.Cells;

    /// <summary>Makes an empty state.</summary>
    internal GuestState CreateState()
    {
        var state = (GuestState)Activator.CreateInstance(_emitted.State, nonPublic: true)!;
        int results = Module.Types.IsEmpty ? 0 : Module.Types.Max(type => type.Results.Length);
        state.Allocate(Module.Tables.Length, results, _emitted.OpaqueConstants);
        return state;
    }

    /// <summary>The entry by which the host calls functions of a type.</summary>
    internal MethodInfo EntryFor(int typeId) =>
        _entries[typeId] ??= _emitted.Entries.GetMethod(MethodNames.OfEntry(typeId))!;

    /// <summary>The entry that takes values.</summary>
    internal RawEntry RawEntryFor(int typeId) =>
        _rawEntries[typeId] ??= _emitted.Entries.GetMethod(MethodNames.OfRawEntry(typeId))!.CreateDelegate<RawEntry>();

    /// <summary>The address of the bridge for indirect calls of a type.</summary>
    internal nint BridgeFor(int typeId)
    {
        if (_bridges[typeId] == 0)
        {
            _bridges[typeId] = _emitted.Entries.GetMethod(MethodNames.OfBridge(typeId))!.MethodHandle.GetFunctionPointer();
        }

        return _bridges[typeId];
    }

    /// <summary>The type of a number.</summary>
    internal FunctionType TypeOf(int typeId) => _typeIds.TypeOf(typeId);

    /// <summary>The number of a type, from 1; equal types have one number.</summary>
    internal int TypeIdOf(FunctionType type) => _typeIds.Of(type);

    /// <summary>The address of a function's code.</summary>
    internal nint AddressOf(int functionIndex) =>
        MethodOf(_emitted.MethodTokens[functionIndex]).MethodHandle.GetFunctionPointer();

    /// <summary>The function whose code a method is, or -1.</summary>
    internal int FunctionIndexOf(MethodBase method) =>
        method.Module.Equals(_emitted.Code) ? MethodNames.FunctionOf(method.Name) : -1;

    private void Try(int function)
    {
        try
        {
            RuntimeHelpers.PrepareMethod(MethodOf(_emitted.MethodTokens[function]).MethodHandle);
        }
        catch (InvalidProgramException)
        {
            throw new WasmFormatException(
                WasmFormatErrorKind.LimitExceeded,
                Module.Functions[function].Body!.CodeOffset,
                $"function {function} is too large for the just-in-time compiler of .NET; split it");
        }
    }

    private MethodBase MethodOf(int token) => _emitted.Code.ResolveMethod(token)!;
}
