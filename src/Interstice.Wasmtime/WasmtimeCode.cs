using System.Collections.Immutable;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Instrumentation;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>A validated binary, compiled when it is instantiated first. Each instance has an engine of its own, into which the
/// machine code is loaded: only so can one of them be interrupted alone.</summary>
internal sealed class WasmtimeCode : IModuleCode
{
    private const string CompiledName = "module";

    private readonly Lazy<byte[]> _machineCode;
    private int _isDisposed;

    public WasmtimeCode(WasmModule module)
    {
        Source = module;
        Metered = MeteredModule.Of(module);
        _machineCode = new Lazy<byte[]>(Compile);
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

    public ImmutableArray<string> Warnings => [];

    /// <summary>The module as it was published.</summary>
    internal WasmModule Source { get; }

    /// <summary>The module as it runs.</summary>
    internal MeteredModule Metered { get; }

    public byte[] ReadCustomSections(string name)
    {
        using var content = new MemoryStream();
        foreach (CustomSection section in Source.CustomSections)
        {
            if (section.Name == name) content.Write(Source.Bytes.Span.Slice(section.DataOffset, section.DataLength));
        }

        return content.ToArray();
    }

    public IModuleInstance Instantiate(HostImports imports, Host.Modules.ModuleLimits limits)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        CheckImports();
        CheckSizes(limits);
        return new WasmtimeInstance(this, imports, limits);
    }

    public void Dispose() => Interlocked.Exchange(ref _isDisposed, 1);

    /// <summary>Loads the machine code into an engine.</summary>
    /// <exception cref="ModuleRefusedException">Wasmtime does not compile the binary.</exception>
    internal Module LoadInto(Engine engine) => Module.Deserialize(engine, CompiledName, _machineCode.Value);

    private byte[] Compile()
    {
        using Engine engine = EngineSettings.MakeEngine(new Host.Modules.ModuleLimits().CallDepthMax);
        try
        {
            using Module module = Module.FromBytes(engine, CompiledName, Metered.Binary.Span);
            return module.Serialize();
        }
        catch (WasmtimeException fault)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Binary, $"Wasmtime does not compile the WebAssembly module: {fault.Message}", fault);
        }
    }

    private void CheckImports()
    {
        foreach (ModuleImport import in Imports)
        {
            HostFunction? function = import.Module == HostFunction.Module ? HostFunction.Find(import.Name) : null;
            if (function is not null && function.Shape == import.Shape) continue;
            throw new ModuleRefusedException(
                ModuleRefusalKind.Import,
                $"the module imports {import.Module}.{import.Name}, which the host does not give as {import.Shape}");
        }
    }

    // What a module declares as its first size is no instruction, so the binary cannot count it.
    private void CheckSizes(Host.Modules.ModuleLimits limits)
    {
        foreach (MemoryDeclaration memory in Source.Memories)
            Check("memory limit of the host exceeded: pages of 64 KiB", memory.Minimum, limits.MemoryPagesMax);
        foreach (TableDeclaration table in Source.Tables)
            Check("table limit of the host exceeded: entries", table.Minimum, limits.TableEntriesMax);

        static void Check(string what, uint needed, int allowed)
        {
            if (needed > (uint)allowed)
                throw new ModuleTrapException(ModuleTrapKind.Memory, $"{what} needed {needed}, allowed {allowed}");
        }
    }

    private FunctionShape ShapeOf(ExternKind kind, int index)
    {
        if (kind != ExternKind.Function) return FunctionShape.None;
        FunctionType type = Source.Functions[index].Type;
        return new FunctionShape($"{Letters(type.Parameters)}:{Letters(type.Results)}");
    }

    private static string Letters(ImmutableArray<Wasm.Binary.ValueKind> kinds) => string.Concat(kinds.Select(kind => kind switch
    {
        Wasm.Binary.ValueKind.I32 => 'i',
        Wasm.Binary.ValueKind.I64 => 'l',
        Wasm.Binary.ValueKind.F32 => 'f',
        Wasm.Binary.ValueKind.F64 => 'd',
        _ => 'r',
    }));
}
