using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;

namespace Interstice.Wasm.Execution;

/// <summary>A module with its memory, tables and globals. Used by one thread at a time, <see cref="Abort"/>
/// apart.</summary>
public sealed partial class Instance : IDisposable
{
    private readonly GuestState _state;
    private readonly Dictionary<string, External> _exports = new(StringComparer.Ordinal);
    private readonly Function?[] _functions;
    private readonly Table[] _tables;
    private readonly Global?[] _globals;
    private readonly Segments _segments;
    private bool _isDisposed;

    /// <summary>Makes an instance of parts that the linker has put together.</summary>
    internal Instance(CompiledModule code, GuestState state, InstanceParts parts, InstanceOptions options)
    {
        Code = code;
        _state = state;
        _functions = parts.Functions;
        _tables = parts.Tables;
        _globals = parts.Globals;
        _segments = parts.Segments;
        Memory = parts.Memory;
        Options = options;
        state.Instance = this;
        state.Fuel = code.Options.Metering ? (long)Math.Min(options.FuelInitial, long.MaxValue) : 0;
        state.Depth = options.CallDepthMax;
        state.SetMemory(Memory);
    }

    /// <summary>The module.</summary>
    public WasmModule Module => Code.Module;

    /// <summary>The limits.</summary>
    public InstanceOptions Options { get; }

    /// <summary>The linear memory, defined or imported; null without one.</summary>
    public LinearMemory? Memory { get; }

    /// <summary>The compiled module.</summary>
    internal CompiledModule Code { get; }

    /// <summary>Finds an export.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The export, the same object every time, or null when there is none.</returns>
    public External? GetExport(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_exports.TryGetValue(name, out External? known)) return known;
        Export? export = Module.Exports.FirstOrDefault(candidate => candidate.Name == name);
        if (export is null) return null;
        External found = export.Kind switch
        {
            ExternKind.Function => FunctionAt(export.Index),
            ExternKind.Table => _tables[export.Index],
            ExternKind.Memory => Memory!,
            _ => _globals[export.Index]!,
        };
        _exports.Add(name, found);
        return found;
    }

    /// <summary>Finds an exported function.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is no such export, or it is no function.</exception>
    public Function GetFunction(string name) => GetExport(name) as Function
        ?? throw new ArgumentException($"the module exports no function \"{name}\"", nameof(name));

    /// <summary>Ends the instance: its functions can no longer be called, and its memory is freed unless it is
    /// shared.</summary>
    /// <remarks>Must not be called while the guest runs.</remarks>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        foreach (Function? function in _functions)
        {
            if (function is not null && ReferenceEquals(function.State, _state)) function.Detach();
        }

        foreach (Table table in _tables) table.Detach(_state);
        Memory?.Dispose();
    }

    /// <summary>Data and element segments.</summary>
    internal Segments Segments => _segments;

    /// <summary>The function of an index, imported or own.</summary>
    internal Function FunctionAt(int index) => _functions[index] ??= MakeFunction(index);

    /// <summary>The table of an index.</summary>
    internal Table TableAt(int index) => _tables[index];

    /// <summary>The bytes of a data segment; none once it has been dropped.</summary>
    internal ReadOnlySpan<byte> DataOf(int segment)
    {
        DataSegment data = Module.Data[segment];
        return _segments.IsDataDropped(segment) ? [] : Module.Bytes.Span.Slice(data.DataOffset, data.DataLength);
    }

    private Function MakeFunction(int index)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        FunctionType type = Module.Functions[index].Type;
        return new Function(type, _state, index, Code.TypeIdOf(type), Code.AddressOf(index));
    }
}
