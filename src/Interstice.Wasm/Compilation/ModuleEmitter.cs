using System.Reflection;
using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>Emits a module into an assembly of its own: a class for the state, static methods for the functions, and
/// the ways in and out.</summary>
internal sealed class ModuleEmitter
{
    /// <summary>Name of every emitted assembly: this project lets it see its internals.</summary>
    internal const string AssemblyName = "Interstice.Wasm.Guest";

    // A .NET class has at most 65,535 methods and fields; these stay well below.
    private const int MethodsPerType = 10_000;
    private const int GlobalFieldsMax = 1_000;
    private const int ImportsMax = 20_000;

    private readonly ModuleBuilder _builder;
    private readonly TypeBuilder _state;
    private readonly List<TypeBuilder> _holders = [];
    private readonly TypeIds _typeIds;
    private readonly List<long> _opaqueConstants = [];
    private readonly SortedSet<int> _bridged = [];
    private readonly List<int> _large = [];
    private readonly List<int> _doubtful = [];

    private ModuleEmitter(WasmModule module, CompilerOptions options, TypeIds typeIds)
    {
        Module = module;
        Options = options;
        _typeIds = typeIds;
        var assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName(AssemblyName), AssemblyBuilderAccess.RunAndCollect);
        _builder = assembly.DefineDynamicModule(AssemblyName);
        _state = _builder.DefineType("State", TypeAttributes.Sealed | TypeAttributes.NotPublic, typeof(GuestState));
        MemoryBytesMin = module.Memories.IsEmpty ? 0 : (ulong)module.Memories[0].Minimum * LinearMemory.PageBytes;
        GlobalFields = new FieldInfo?[module.Globals.Length];
        CellFields = new FieldInfo?[module.Globals.Length];
        ImportFields = new FieldInfo?[module.Functions.Length];
        Methods = new MethodBuilder?[module.Functions.Length];
    }

    /// <summary>The module.</summary>
    internal WasmModule Module { get; }

    /// <summary>What is added to the code.</summary>
    internal CompilerOptions Options { get; }

    /// <summary>Fewest bytes that the memory ever has.</summary>
    internal ulong MemoryBytesMin { get; }

    /// <summary>Fields that hold globals, by index; null for globals in cells.</summary>
    internal FieldInfo?[] GlobalFields { get; }

    /// <summary>Fields that hold the cells of shared globals, by index.</summary>
    internal FieldInfo?[] CellFields { get; }

    /// <summary>Fields that hold imported functions, by index; null for the module's own.</summary>
    internal FieldInfo?[] ImportFields { get; }

    /// <summary>Methods of the module's own functions, by index.</summary>
    internal MethodBuilder?[] Methods { get; }

    /// <summary>Emits a module.</summary>
    internal static EmittedModule Emit(WasmModule module, CompilerOptions options, TypeIds typeIds)
    {
        var emitter = new ModuleEmitter(module, options, typeIds);
        emitter.DefineFields();
        emitter.DefineMethods();
        emitter.EmitFunctions();
        return emitter.Finish();
    }

    /// <summary>Keeps a constant out of the just-in-time compiler's sight.</summary>
    /// <returns>Its index among the constants of the state.</returns>
    internal int AddOpaqueConstant(long bits)
    {
        _opaqueConstants.Add(bits);
        return _opaqueConstants.Count - 1;
    }

    /// <summary>The number of a type that an indirect call uses.</summary>
    internal int UseBridge(FunctionType type)
    {
        int typeId = _typeIds.Of(type);
        _bridged.Add(typeId);
        return typeId;
    }

    private void DefineFields()
    {
        int fields = 0;
        var exported = Module.Exports
            .Where(export => export.Kind == ExternKind.Global).Select(export => export.Index).ToHashSet();
        for (int i = 0; i < Module.Globals.Length; i++)
        {
            GlobalDeclaration global = Module.Globals[i];
            bool isShared = global.IsMutable && (global.Initializer is null || exported.Contains(i));
            if (isShared || fields++ >= GlobalFieldsMax) CellFields[i] = DefineField($"c{i}", typeof(Global));
            else GlobalFields[i] = DefineField($"g{i}", Signature.ClrType(global.Kind));
        }

        int imports = Module.Functions.TakeWhile(function => function.Body is null).Count();
        if (imports > ImportsMax)
        {
            throw new WasmFormatException(
                WasmFormatErrorKind.LimitExceeded, 0, $"{imports} imported functions, the compiler's limit is {ImportsMax}");
        }

        for (int i = 0; i < imports; i++)
        {
            FunctionType type = Module.Functions[i].Type;
            ImportFields[i] = DefineField(
                $"i{i}", Signature.HasDelegateType(type) ? Signature.DelegateType(type) : typeof(Function));
        }
    }

    private FieldBuilder DefineField(string name, Type type) => _state.DefineField(name, type, FieldAttributes.Public);

    private void DefineMethods()
    {
        for (int i = 0; i < Module.Functions.Length; i++)
        {
            FunctionDeclaration function = Module.Functions[i];
            if (function.Body is null) continue;
            if (i / MethodsPerType >= _holders.Count || _holders.Count == 0) DefineHolder($"Code{_holders.Count}");
            Methods[i] = _holders[^1].DefineMethod(
                MethodNames.OfFunction(i),
                MethodAttributes.Public | MethodAttributes.Static,
                Signature.ReturnType(function.Type),
                [_state, .. function.Type.Parameters.Select(Signature.ClrType)]);
        }
    }

    private TypeBuilder DefineHolder(string name)
    {
        TypeBuilder holder = _builder.DefineType(name, TypeAttributes.Abstract | TypeAttributes.Sealed);
        _holders.Add(holder);
        return holder;
    }

    private void EmitFunctions()
    {
        for (int i = 0; i < Methods.Length; i++)
        {
            if (Methods[i] is not { } method) continue;
            FunctionDeclaration function = Module.Functions[i];
            FunctionScan scan = FunctionScan.Of(Module, function, function.Body!);

            // A function that traps must stand in the stack trace by itself, so it must not be merged into its caller.
            if (scan.CanTrap || scan.HasCalls)
            {
                method.SetImplementationFlags(MethodImplAttributes.IL | MethodImplAttributes.NoInlining);
            }

            CodeSize size = FunctionEmitter.Emit(this, function, scan, method.GetILGenerator());
            if (size != CodeSize.Small) _large.Add(i);
            if (size == CodeSize.Doubtful) _doubtful.Add(i);
        }
    }

    private EmittedModule Finish()
    {
        StateEmitter.Emit(this, _state);
        TypeBuilder entries = DefineHolder("Entries");
        foreach (int typeId in EntryTypes()) EntryEmitter.Emit(entries, _typeIds.TypeOf(typeId), typeId);
        foreach (int typeId in _bridged) BridgeEmitter.Emit(entries, _typeIds.TypeOf(typeId), typeId);
        Type state = _state.CreateType();
        foreach (TypeBuilder holder in _holders) holder.CreateType();
        return new EmittedModule(
            state,
            state.Module,
            [.. Methods.Select(method => method?.MetadataToken ?? 0)],
            state.Assembly.GetType("Entries")!,
            [.. Enumerable.Range(0, CellFields.Length).Where(i => CellFields[i] is not null)],
            [.. _opaqueConstants],
            [.. _large],
            [.. _doubtful]);
    }

    // The host can only get hold of functions that are exported or put into tables and globals.
    private SortedSet<int> EntryTypes()
    {
        IEnumerable<int> exported = Module.Exports
            .Where(export => export.Kind == ExternKind.Function).Select(export => export.Index);
        IEnumerable<ConstantExpression?> constants =
            [.. Module.Globals.Select(global => global.Initializer), .. Module.Elements.SelectMany(element => element.Items)];
        IEnumerable<int> referred = constants.OfType<ConstantExpression.Function>().Select(item => item.FunctionIndex);
        IEnumerable<int> all = [.. exported, .. referred];
        if (Module.Start is { } start) all = all.Append(start);
        return [.. all.Select(index => _typeIds.Of(Module.Functions[index].Type))];
    }
}
