using System.Collections.Immutable;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.ManagedEngine;

/// <summary>A validated binary, compiled when it is instantiated first.</summary>
internal sealed class ManagedCode : IModuleCode
{
    private readonly WasmModule _module;
    private readonly Lazy<CompiledModule> _compiled;

    public ManagedCode(WasmModule module)
    {
        _module = module;
        _compiled = new Lazy<CompiledModule>(() => CompiledModule.Compile(module));
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

    public byte[] ReadCustomSections(string name)
    {
        using var content = new MemoryStream();
        foreach (CustomSection section in _module.CustomSections)
        {
            if (section.Name == name) content.Write(_module.Bytes.Span.Slice(section.DataOffset, section.DataLength));
        }

        return content.ToArray();
    }

    public IModuleInstance Instantiate(HostImports imports, Host.Modules.ModuleLimits limits)
    {
        var linked = new Imports();
        foreach (HostFunction function in HostFunction.All)
            linked.Add(HostFunction.Module, function.Name, Function.FromDelegate(function.Bind(imports)));
        try
        {
            return new ManagedInstance(_compiled.Value.Instantiate(linked, new InstanceOptions
            {
                FuelInitial = limits.FuelPerCall,
                CallDepthMax = limits.CallDepthMax,
                MemoryPagesMax = (uint)limits.MemoryPagesMax,
                TableEntriesMax = (uint)limits.TableEntriesMax,
            }));
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
        if (_compiled.IsValueCreated) _compiled.Value.Dispose();
    }

    private FunctionShape ShapeOf(ExternKind kind, int index)
    {
        if (kind != ExternKind.Function) return FunctionShape.None;
        FunctionType type = _module.Functions[index].Type;
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
