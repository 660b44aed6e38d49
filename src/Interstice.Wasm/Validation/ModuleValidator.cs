using System.Collections.Immutable;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>Validates a well-formed module (core specification, chapter 3) and makes a <see cref="WasmModule"/> of
/// it.</summary>
internal sealed partial class ModuleValidator
{
    private const uint PagesMax = 65_536;

    private readonly ModuleDraft _draft;
    private readonly ConstantReader _constants;
    private readonly bool[] _referable;
    private long _locals;

    public ModuleValidator(ModuleDraft draft)
    {
        _draft = draft;
        _referable = new bool[draft.Functions.Count];
        _constants = new ConstantReader(draft, _referable);
    }

    /// <summary>Checks everything and builds the module.</summary>
    /// <exception cref="WasmFormatException">The module is invalid or over a limit.</exception>
    public WasmModule Validate()
    {
        CheckFunctionTypes();
        CheckTables();
        CheckMemories();
        ImmutableArray<GlobalDeclaration> globals = ReadGlobals();
        ImmutableArray<ElementSegment> elements = ReadElements();
        ImmutableArray<DataSegment> data = ReadData();
        ImmutableArray<Export> exports = ReadExports();
        int? start = ReadStart();
        return new WasmModule
        {
            Binary = _draft.Bytes,
            Limits = _draft.Limits,
            Types = [.. _draft.Types],
            Imports = [.. _draft.Imports.Select(i => new Import(i.Module, i.Name, i.Kind, i.Index))],
            ImportedFunctionCount = _draft.ImportedFunctionCount,
            Functions = ReadFunctions(),
            Tables = [.. _draft.Tables.Select(table => table.Value)],
            Memories = [.. _draft.Memories.Select(memory => memory.Value)],
            Globals = globals,
            Exports = exports,
            Start = start,
            Elements = elements,
            Data = data,
            CustomSections = [.. _draft.CustomSections],
        };
    }

    private void CheckFunctionTypes()
    {
        foreach (EntityDraft<uint> function in _draft.Functions)
        {
            if (function.Value >= (uint)_draft.Types.Count)
                throw WasmFormatException.Invalid(function.Offset, $"unknown type {function.Value}");
        }
    }

    private void CheckTables()
    {
        foreach (EntityDraft<TableDeclaration> table in _draft.Tables)
            CheckOrder(table.Value.Minimum, table.Value.Maximum, table.Offset);
        long entries = 0;
        foreach (EntityDraft<TableDeclaration> table in _draft.Tables.Skip(_draft.ImportedTableCount))
        {
            entries += table.Value.Minimum;
            CheckLimit(
                table.Offset, "initial table entries", entries, _draft.Limits.TableEntriesMax,
                nameof(ModuleLimits.TableEntriesMax));
        }
    }

    private void CheckMemories()
    {
        foreach (EntityDraft<MemoryDeclaration> memory in _draft.Memories)
        {
            if (memory.Value.Minimum > PagesMax || memory.Value.Maximum > PagesMax)
            {
                throw WasmFormatException.Invalid(
                    memory.Offset,
                    $"memory size must be at most {PagesMax} pages (4GiB), found "
                    + $"{Math.Max(memory.Value.Minimum, memory.Value.Maximum ?? 0)}");
            }

            CheckOrder(memory.Value.Minimum, memory.Value.Maximum, memory.Offset);
        }

        if (_draft.Memories.Count > 1)
            throw Proposals.Refuse(Proposals.MultiMemory, _draft.Memories[1].Offset, "multiple memories");
    }

    private static void CheckOrder(uint minimum, uint? maximum, int offset)
    {
        if (minimum > maximum)
        {
            throw WasmFormatException.Invalid(
                offset, $"size minimum must not be greater than maximum: {minimum} and {maximum}");
        }
    }

    private ImmutableArray<GlobalDeclaration> ReadGlobals()
    {
        var globals = ImmutableArray.CreateBuilder<GlobalDeclaration>(_draft.Globals.Count);
        for (int i = 0; i < _draft.Globals.Count; i++)
        {
            GlobalDeclaration global = _draft.Globals[i].Value;
            int own = i - _draft.ImportedGlobalCount;
            if (own >= 0)
                global = global with { Initializer = _constants.Read(_draft.Initializers[own], global.Kind) };
            globals.Add(global);
        }

        return globals.MoveToImmutable();
    }

    private ImmutableArray<Export> ReadExports()
    {
        var names = new HashSet<string>(_draft.Exports.Count, StringComparer.Ordinal);
        var exports = ImmutableArray.CreateBuilder<Export>(_draft.Exports.Count);
        foreach (ExportDraft export in _draft.Exports)
        {
            (int count, string what) = export.Kind switch
            {
                ExternKind.Function => (_draft.Functions.Count, "function"),
                ExternKind.Table => (_draft.Tables.Count, "table"),
                ExternKind.Memory => (_draft.Memories.Count, "memory"),
                _ => (_draft.Globals.Count, "global"),
            };
            if (export.Index >= (uint)count)
            {
                throw WasmFormatException.Invalid(
                    export.Offset, $"unknown {what} {export.Index} in export \"{export.Name}\"");
            }

            if (!names.Add(export.Name))
                throw WasmFormatException.Invalid(export.Offset, $"duplicate export name \"{export.Name}\"");
            if (export.Kind == ExternKind.Function) _referable[export.Index] = true;
            exports.Add(new Export(export.Name, export.Kind, (int)export.Index));
        }

        return exports.MoveToImmutable();
    }

    private int? ReadStart()
    {
        if (_draft.Start is not { } start) return null;
        if (start.Function >= (uint)_draft.Functions.Count)
            throw WasmFormatException.Invalid(start.Offset, $"unknown function {start.Function} as start function");
        FunctionType type = TypeOf((int)start.Function);
        if (type.Parameters.Length + type.Results.Length != 0)
        {
            throw WasmFormatException.Invalid(
                start.Offset, $"start function {start.Function} must have type [] -> [], found {type}");
        }

        return (int)start.Function;
    }

    private FunctionType TypeOf(int function) => _draft.Types[(int)_draft.Functions[function].Value];
}
