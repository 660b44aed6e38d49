using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Building;

/// <summary>Assembles small modules, so that tests need no text format and no tool.</summary>
public sealed class ModuleBuilder
{
    private readonly List<FunctionType> _types = [];
    private readonly List<(string Module, string Name, Action<ByteWriter> Write)> _imports = [];
    private readonly List<(int Type, ValueKind[] Locals, Code Code)> _functions = [];
    private readonly List<(ValueKind Kind, uint Minimum, uint? Maximum)> _tables = [];
    private readonly List<(uint Minimum, uint? Maximum)> _memories = [];
    private readonly List<(ValueKind Kind, bool IsMutable, Code Value)> _globals = [];
    private readonly List<(string Name, ExternKind Kind, int Index)> _exports = [];
    private readonly List<(int? Offset, int[] Functions)> _elements = [];
    private readonly List<(int? Offset, byte[] Bytes)> _data = [];
    private readonly List<(int Index, string Name)> _names = [];
    private int _importedFunctions;
    private int? _start;

    public static FunctionType Signature(ValueKind[] parameters, ValueKind[] results) =>
        new([.. parameters], [.. results]);

    public int Type(FunctionType type)
    {
        int known = _types.IndexOf(type);
        if (known >= 0) return known;
        _types.Add(type);
        return _types.Count - 1;
    }

    public int ImportFunction(string name, FunctionType type)
    {
        int index = Type(type);
        _imports.Add(("host", name, writer => writer.Byte(0).Unsigned((uint)index)));
        return _importedFunctions++;
    }

    public ModuleBuilder ImportMemory(string name, uint minimum, uint? maximum = null)
    {
        _imports.Add(("host", name, writer => Limits(writer.Byte(2), minimum, maximum)));
        return this;
    }

    public ModuleBuilder ImportTable(string name, uint minimum, uint? maximum = null)
    {
        _imports.Add(("host", name, writer => Limits(writer.Byte(1).Byte((int)ValueKind.FuncRef), minimum, maximum)));
        return this;
    }

    public ModuleBuilder ImportGlobal(string name, ValueKind kind, bool isMutable)
    {
        _imports.Add(("host", name, writer => writer.Byte(3).Byte((int)kind).Byte(isMutable ? 1 : 0)));
        return this;
    }

    /// <summary>Adds a function and exports it under its name, if it has one.</summary>
    public int Function(string? name, ValueKind[] parameters, ValueKind[] results, Code code, params ValueKind[] locals)
    {
        _functions.Add((Type(Signature(parameters, results)), locals, code));
        int index = _importedFunctions + _functions.Count - 1;
        if (name is not null) Export(name, ExternKind.Function, index);
        return index;
    }

    public ModuleBuilder Memory(uint minimum, uint? maximum = null)
    {
        _memories.Add((minimum, maximum));
        return this;
    }

    public ModuleBuilder Table(uint minimum, uint? maximum = null, ValueKind kind = ValueKind.FuncRef)
    {
        _tables.Add((kind, minimum, maximum));
        return this;
    }

    public ModuleBuilder Global(ValueKind kind, bool isMutable, Code value)
    {
        _globals.Add((kind, isMutable, value));
        return this;
    }

    public ModuleBuilder Export(string name, ExternKind kind, int index)
    {
        _exports.Add((name, kind, index));
        return this;
    }

    /// <summary>Functions for table 0 at an offset, or a passive segment.</summary>
    public ModuleBuilder Elements(int? offset, params int[] functions)
    {
        _elements.Add((offset, functions));
        return this;
    }

    /// <summary>Bytes for the memory at an offset, or a passive segment.</summary>
    public ModuleBuilder Data(int? offset, params byte[] bytes)
    {
        _data.Add((offset, bytes));
        return this;
    }

    public ModuleBuilder Start(int function)
    {
        _start = function;
        return this;
    }

    /// <summary>Names a function in the name section.</summary>
    public ModuleBuilder Name(int function, string name)
    {
        _names.Add((function, name));
        return this;
    }

    public WasmModule Load() => WasmModule.Load(Build());

    public byte[] Build()
    {
        var module = new ByteWriter().Bytes("\0asm"u8).Bytes([1, 0, 0, 0]);
        Section(module, 1, _types, (writer, type) => writer.Byte(0x60)
            .List(type.Parameters, (kinds, kind) => kinds.Byte((int)kind))
            .List(type.Results, (kinds, kind) => kinds.Byte((int)kind)));
        Section(module, 2, _imports, (writer, import) => import.Write(writer.Name(import.Module).Name(import.Name)));
        Section(module, 3, _functions, (writer, function) => writer.Unsigned((uint)function.Type));
        Section(module, 4, _tables, (writer, table) => Limits(writer.Byte((int)table.Kind), table.Minimum, table.Maximum));
        Section(module, 5, _memories, (writer, memory) => Limits(writer, memory.Minimum, memory.Maximum));
        Section(module, 6, _globals, (writer, global) => writer.Byte((int)global.Kind).Byte(global.IsMutable ? 1 : 0)
            .Bytes(global.Value.ToArray()).Byte((int)Opcode.End));
        Section(module, 7, _exports, (writer, export) => writer.Name(export.Name).Byte((int)export.Kind)
            .Unsigned((uint)export.Index));
        if (_start is { } start) module.Byte(8).Sized(new ByteWriter().Unsigned((uint)start));
        Section(module, 9, _elements, WriteElements);
        if (_data.Count > 0) module.Byte(12).Sized(new ByteWriter().Unsigned((uint)_data.Count));
        Section(module, 10, _functions, WriteBody);
        Section(module, 11, _data, WriteData);
        if (_names.Count > 0) WriteNames(module);
        return module.ToArray();
    }

    private static void Section<T>(ByteWriter module, int id, List<T> items, Action<ByteWriter, T> write)
    {
        if (items.Count > 0) module.Byte(id).Sized(new ByteWriter().List(items, write));
    }

    private static void Limits(ByteWriter writer, uint minimum, uint? maximum)
    {
        writer.Byte(maximum is null ? 0 : 1).Unsigned(minimum);
        if (maximum is { } most) writer.Unsigned(most);
    }

    private static void WriteElements(ByteWriter writer, (int? Offset, int[] Functions) segment)
    {
        if (segment.Offset is { } offset) writer.Byte(0).Bytes(new Code().I32(offset).End().ToArray());
        else writer.Byte(1).Byte(0);
        writer.List(segment.Functions, (items, function) => items.Unsigned((uint)function));
    }

    private static void WriteData(ByteWriter writer, (int? Offset, byte[] Bytes) segment)
    {
        if (segment.Offset is { } offset) writer.Byte(0).Bytes(new Code().I32(offset).End().ToArray());
        else writer.Byte(1);
        writer.Unsigned((uint)segment.Bytes.Length).Bytes(segment.Bytes);
    }

    private static void WriteBody(ByteWriter writer, (int Type, ValueKind[] Locals, Code Code) function)
    {
        var body = new ByteWriter()
            .List(function.Locals, (locals, kind) => locals.Unsigned(1).Byte((int)kind))
            .Bytes(function.Code.ToArray())
            .Byte((int)Opcode.End);
        writer.Sized(body);
    }

    private void WriteNames(ByteWriter module)
    {
        var functions = new ByteWriter().List(_names, (writer, name) => writer.Unsigned((uint)name.Index).Name(name.Name));
        module.Byte(0).Sized(new ByteWriter().Name("name").Byte(1).Sized(functions));
    }
}
