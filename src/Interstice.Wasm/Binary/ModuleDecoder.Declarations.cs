namespace Interstice.Wasm.Binary;

internal sealed partial class ModuleDecoder
{
    private void ReadTypes()
    {
        int count = ReadCount("function types", 0, _limits.TypesMax, nameof(_limits.TypesMax));
        _draft.Types.EnsureCapacity(count);
        for (int i = 0; i < count; i++) _draft.Types.Add(TypeReader.ReadFunctionType(_reader, _limits));
    }

    private void ReadImports()
    {
        int count = ReadCount("imports", 0, _limits.ImportsMax, nameof(_limits.ImportsMax));
        for (int i = 0; i < count; i++)
        {
            string module = _reader.ReadName(_limits);
            string name = _reader.ReadName(_limits);
            ExternKind kind = ReadExternKind("malformed import kind");
            _draft.Imports.Add(new ImportDraft(module, name, kind, ReadImported(kind)));
        }

        _draft.ImportedFunctionCount = _draft.Functions.Count;
        _draft.ImportedTableCount = _draft.Tables.Count;
        _draft.ImportedGlobalCount = _draft.Globals.Count;
    }

    /// <summary>Adds an imported declaration to its index space and returns its index there.</summary>
    private int ReadImported(ExternKind kind)
    {
        switch (kind)
        {
            case ExternKind.Function:
                AddFunction();
                return _draft.Functions.Count - 1;
            case ExternKind.Table:
                AddTable();
                return _draft.Tables.Count - 1;
            case ExternKind.Memory:
                AddMemory();
                return _draft.Memories.Count - 1;
            default:
                AddGlobal();
                return _draft.Globals.Count - 1;
        }
    }

    private void ReadFunctions()
    {
        _declaredFunctions = ReadCount(
            "functions", _draft.Functions.Count, _limits.FunctionsMax, nameof(_limits.FunctionsMax));
        _draft.Functions.EnsureCapacity(_draft.Functions.Count + _declaredFunctions);
        for (int i = 0; i < _declaredFunctions; i++) AddFunction();
    }

    private void ReadTables()
    {
        int count = ReadCount("tables", _draft.Tables.Count, _limits.TablesMax, nameof(_limits.TablesMax));
        for (int i = 0; i < count; i++) AddTable();
    }

    private void ReadMemories()
    {
        int count = _reader.ReadCount();
        for (int i = 0; i < count; i++) AddMemory();
    }

    private void ReadGlobals()
    {
        int count = ReadCount("globals", _draft.Globals.Count, _limits.GlobalsMax, nameof(_limits.GlobalsMax));
        for (int i = 0; i < count; i++)
        {
            AddGlobal();
            _draft.Initializers.Add(ScanExpression());
        }
    }

    private void ReadExports()
    {
        int count = ReadCount("exports", 0, _limits.ExportsMax, nameof(_limits.ExportsMax));
        _draft.Exports.EnsureCapacity(count);
        for (int i = 0; i < count; i++)
        {
            int at = _reader.Position;
            string name = _reader.ReadName(_limits);
            ExternKind kind = ReadExternKind("malformed export kind");
            _draft.Exports.Add(new ExportDraft(name, kind, _reader.ReadUInt32(), at));
        }
    }

    private void AddFunction()
    {
        int at = _reader.Position;
        _draft.Functions.Add(new EntityDraft<uint>(_reader.ReadUInt32(), at));
        CheckLimit(at, "functions", _draft.Functions.Count, _limits.FunctionsMax, nameof(_limits.FunctionsMax));
    }

    private void AddTable()
    {
        int at = _reader.Position;
        _draft.Tables.Add(new EntityDraft<TableDeclaration>(TypeReader.ReadTable(_reader), at));
        CheckLimit(at, "tables", _draft.Tables.Count, _limits.TablesMax, nameof(_limits.TablesMax));
    }

    private void AddMemory()
    {
        int at = _reader.Position;
        _draft.Memories.Add(new EntityDraft<MemoryDeclaration>(TypeReader.ReadMemory(_reader), at));
    }

    private void AddGlobal()
    {
        int at = _reader.Position;
        _draft.Globals.Add(new EntityDraft<GlobalDeclaration>(TypeReader.ReadGlobal(_reader), at));
        CheckLimit(at, "globals", _draft.Globals.Count, _limits.GlobalsMax, nameof(_limits.GlobalsMax));
    }

    private ExternKind ReadExternKind(string words)
    {
        int at = _reader.Position;
        byte kind = _reader.ReadByte();
        if (kind == 4) throw Proposals.Refuse(Proposals.Exceptions, at, $"{words} 4");
        return kind < 4 ? (ExternKind)kind : throw WasmFormatException.Malformed(at, $"{words} {kind}");
    }
}
