using System.Collections.Immutable;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;

namespace Interstice.Wasm.Execution;

/// <summary>Makes one instance (core specification 4.5.4). Nothing is made before every import has been found to
/// fit.</summary>
/// <remarks>When a segment does not fit or the start function traps, what has been written to imported memories and
/// tables stays written, as the specification says, and functions of the failed instance that were put there stay
/// callable.</remarks>
#pragma warning disable CA1001 // the memory belongs to the instance that is made
internal sealed class Linker
#pragma warning restore CA1001
{
    private readonly CompiledModule _code;
    private readonly InstanceOptions _options;
    private readonly WasmModule _module;
    private readonly Function?[] _functions;
    private readonly Table[] _tables;
    private readonly Global?[] _globals;
    private readonly Value[] _globalValues;
    private LinearMemory? _memory;

    /// <summary>Makes a linker for one instance.</summary>
    internal Linker(CompiledModule code, InstanceOptions options)
    {
        _code = code;
        _options = options;
        _module = code.Module;
        _functions = new Function?[_module.Functions.Length];
        _tables = new Table[_module.Tables.Length];
        _globals = new Global?[_module.Globals.Length];
        _globalValues = new Value[_module.Globals.Length];
    }

    /// <summary>Makes the instance.</summary>
    internal Instance Instantiate(Imports imports)
    {
        foreach (Import import in _module.Imports) Resolve(import, imports);
        MakeTables();
        MakeMemory();
        GuestState state = _code.CreateState();
        var elements = new object?[_module.Elements.Length][];
        var parts = new InstanceParts(_functions, _tables, _globals, _memory, new Segments(_module.Data.Length, elements));
        var instance = new Instance(_code, state, parts, _options);
        MakeGlobals(instance);
        state.Bind(_globalValues, _globals, [.. _functions.TakeWhile(IsImport).Select(AsImport)]);
        for (int i = 0; i < _tables.Length; i++) _tables[i].Attach(state, i);
        for (int i = 0; i < elements.Length; i++) elements[i] = Evaluate(_module.Elements[i].Items, instance);
        ApplyElements(instance);
        ApplyData(instance);
        if (_module.Start is { } start) instance.FunctionAt(start).Invoke();
        return instance;
    }

    private static bool IsImport(Function? function) => function is not null;

    private static object AsImport(Function? function) =>
        Signature.HasDelegateType(function!.Type) ? function.AsDelegate() : function;

    private void Resolve(Import import, Imports imports)
    {
        if (!imports.TryGet(import.Module, import.Name, out External? found)) throw Mismatch(import, null);
        switch (import.Kind)
        {
            case ExternKind.Function when found is Function function
                    && function.Type.Equals(_module.Functions[import.Index].Type):
                _functions[import.Index] = function;
                break;
            case ExternKind.Table when found is Table table && Fits(table, _module.Tables[import.Index]):
                _tables[import.Index] = table;
                break;
            case ExternKind.Memory when found is LinearMemory memory && Fits(memory, _module.Memories[import.Index]):
                _memory = memory;
                break;
            case ExternKind.Global when found is Global global && Fits(global, _module.Globals[import.Index]):
                _globals[import.Index] = global;
                break;
            default: throw Mismatch(import, found);
        }
    }

    private static bool Fits(Table table, TableDeclaration declared) =>
        table.ElementKind == declared.ElementKind
        && Fits(table.Length, table.Maximum, declared.Minimum, declared.Maximum);

    private static bool Fits(LinearMemory memory, MemoryDeclaration declared) =>
        Fits(memory.Pages, memory.Maximum, declared.Minimum, declared.Maximum);

    private static bool Fits(Global global, GlobalDeclaration declared) =>
        global.ValueKind == declared.Kind && global.IsMutable == declared.IsMutable;

    private static bool Fits(uint size, uint? maximum, uint minimumDeclared, uint? maximumDeclared) =>
        size >= minimumDeclared && (maximumDeclared is null || maximum <= maximumDeclared);

    private WasmLinkException Mismatch(Import import, External? found)
    {
        string expected = import.Kind switch
        {
            ExternKind.Function => $"a function {_module.Functions[import.Index].Type}",
            ExternKind.Table => Describe("table", _module.Tables[import.Index].Minimum, _module.Tables[import.Index].Maximum)
                + $" of {_module.Tables[import.Index].ElementKind.ToString().ToLowerInvariant()}",
            ExternKind.Memory => Describe("memory", _module.Memories[import.Index].Minimum, _module.Memories[import.Index].Maximum),
            _ => $"{(_module.Globals[import.Index].IsMutable ? "a mutable" : "an immutable")} global of "
                + _module.Globals[import.Index].Kind.ToString().ToLowerInvariant(),
        };
        return new WasmLinkException(import.Module, import.Name, expected, found?.Describe());
    }

    private static string Describe(string what, uint minimum, uint? maximum) =>
        $"a {what} of at least {minimum}, maximum {maximum?.ToString() ?? "none"}";

    private void MakeTables()
    {
        for (int i = 0; i < _tables.Length; i++)
        {
            TableDeclaration table = _module.Tables[i];
            _tables[i] ??= new Table(table.ElementKind, table.Minimum, table.Maximum, _options.TableEntriesMax);
        }
    }

    private void MakeMemory()
    {
        if (_module.Memories.IsEmpty) return;
        if (_memory is not null)
        {
            _memory.AddUser();
            return;
        }

        MemoryDeclaration memory = _module.Memories[0];
        _memory = new LinearMemory(memory.Minimum, memory.Maximum, _options.MemoryPagesMax);
    }

    private void MakeGlobals(Instance instance)
    {
        for (int i = 0; i < _globals.Length; i++)
        {
            GlobalDeclaration global = _module.Globals[i];
            _globals[i] ??= new Global(Evaluate(global.Initializer!, instance), global.IsMutable);
            _globalValues[i] = _globals[i]!.Value;
        }
    }

    private Value Evaluate(ConstantExpression expression, Instance instance) => expression switch
    {
        ConstantExpression.Number number => Value.FromBits(number.Kind, number.Bits),
        ConstantExpression.Global global => _globalValues[global.GlobalIndex],
        ConstantExpression.Function function => Value.FromFunction(instance.FunctionAt(function.FunctionIndex)),
        ConstantExpression.Null none => Value.Default(none.Kind),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, null),
    };

    private object?[] Evaluate(ImmutableArray<ConstantExpression> items, Instance instance) =>
        [.. items.Select(item => Evaluate(item, instance).Reference)];

    private void ApplyElements(Instance instance)
    {
        for (int i = 0; i < _module.Elements.Length; i++)
        {
            ElementSegment segment = _module.Elements[i];
            if (segment.Mode == SegmentMode.Passive) continue;
            if (segment.Mode == SegmentMode.Active)
            {
                ReadOnlySpan<object?> items = instance.Segments.Elements(i);
                uint offset = (uint)Evaluate(segment.Offset!, instance).AsI32();
                _tables[segment.TableIndex].CopyFrom(items, offset, 0, (uint)items.Length);
            }

            instance.Segments.DropElements(i);
        }
    }

    private void ApplyData(Instance instance)
    {
        for (int i = 0; i < _module.Data.Length; i++)
        {
            DataSegment segment = _module.Data[i];
            if (segment.Mode != SegmentMode.Active) continue;
            uint offset = (uint)Evaluate(segment.Offset!, instance).AsI32();
            instance.DataOf(i).CopyTo(_memory!.Write(offset, (uint)segment.DataLength));
            instance.Segments.DropData(i);
        }
    }
}
