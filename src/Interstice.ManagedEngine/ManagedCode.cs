using System.Collections.Immutable;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.ManagedEngine;

/// <summary>A validated binary, compiled when it is instantiated first. Shares its code with all that loaded the same
/// bytes.</summary>
internal sealed class ManagedCode : IModuleCode
{
    private const int FunctionsNamedMax = 8;

    private readonly CodeCache _cache;
    private int _isDisposed;

    public ManagedCode(CodeCache cache, SharedCode shared)
    {
        _cache = cache;
        Shared = shared;
        WasmModule module = shared.Module;
        Imports = [.. module.Imports.Select(import => new ModuleImport(import.Module, import.Name, ShapeOf(import.Kind, import.Index)))];
        Exports =
        [
            .. module.Exports.Select(export => new ModuleExport(
                export.Name,
                export.Kind.ToString().ToLowerInvariant(),
                ShapeOf(export.Kind, export.Index))),
        ];
    }

    public ImmutableArray<ModuleImport> Imports { get; }

    public ImmutableArray<ModuleExport> Exports { get; }

    public ImmutableArray<string> Warnings
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
            IReadOnlyList<int> functions = Shared.Compiled.UnoptimizedFunctions;
            return functions.Count == 0 ? [] : [DescribeUnoptimized(functions)];
        }
    }

    /// <summary>What is shared.</summary>
    internal SharedCode Shared { get; }

    public byte[] ReadCustomSections(string name)
    {
        using var content = new MemoryStream();
        foreach (CustomSection section in Shared.Module.CustomSections)
        {
            if (section.Name == name) content.Write(Shared.Module.Bytes.Span.Slice(section.DataOffset, section.DataLength));
        }

        return content.ToArray();
    }

    public IModuleInstance Instantiate(HostImports imports, Host.Modules.ModuleLimits limits)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        var linked = new Imports();
        foreach (HostFunction function in HostFunction.All)
            linked.Add(HostFunction.Module, function.Name, Function.FromDelegate(function.Bind(imports)));
        try
        {
            var instance = new ManagedInstance(Shared.Compiled.Instantiate(linked, new InstanceOptions
            {
                FuelInitial = limits.FuelPerCall,
                CallDepthMax = limits.CallDepthMax,
                MemoryPagesMax = (uint)limits.MemoryPagesMax,
                TableEntriesMax = (uint)limits.TableEntriesMax,
            }));
            Shared.Prepare();
            return instance;
        }
        catch (WasmLinkException fault)
        {
            throw new ModuleRefusedException(ModuleRefusalKind.Import, fault.Message, fault);
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _cache.Return(Shared);
    }

    private string DescribeUnoptimized(IReadOnlyList<int> functions)
    {
        CompiledModule compiled = Shared.Compiled;
        IEnumerable<string> names = functions
            .Take(FunctionsNamedMax)
            .Select(function => compiled.NameOf(function) is { } name ? $"{function} \"{name}\"" : $"{function}");
        string more = functions.Count > FunctionsNamedMax ? $" and {functions.Count - FunctionsNamedMax} more" : "";
        return functions.Count == 1
            ? $"function {names.Single()} is too large to be optimised and runs several times slower; split it, or inline less into it"
            : $"functions {string.Join(", ", names)}{more} are too large to be optimised and run several times slower; " +
                "split them, or inline less into them";
    }

    private FunctionShape ShapeOf(ExternKind kind, int index)
    {
        if (kind != ExternKind.Function) return FunctionShape.None;
        FunctionType type = Shared.Module.Functions[index].Type;
        return new FunctionShape($"{Letters(type.Parameters)}:{Letters(type.Results)}");
    }

    private static string Letters(ImmutableArray<ValueKind> kinds) => string.Concat(kinds.Select(kind => kind switch
    {
        ValueKind.I32 => 'i',
        ValueKind.I64 => 'l',
        ValueKind.F32 => 'f',
        ValueKind.F64 => 'd',
        _ => 'r',
    }));
}
