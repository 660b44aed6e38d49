using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Instrumentation;

/// <summary>Writes the binary of a <see cref="MeteredModule"/>: the sections of the module as they stand, with what is
/// added after them, and the function names. Other custom sections are left out.</summary>
/// <param name="module">The module.</param>
/// <param name="globalExports">Names of the added globals.</param>
/// <param name="startExport">Name of the start function; null without one.</param>
internal sealed class MeteredBinaryWriter(WasmModule module, string[] globalExports, string? startExport)
{
    private const string NameSection = "name";

    private readonly MeteringPlan _plan = new(module);
    private readonly Dictionary<int, (int Offset, int Length)> _sections = [];
    private readonly ByteSink _binary = new();
    private readonly List<int> _bodyStarts = [];

    private enum SectionId
    {
        Custom = 0,
        Type = 1,
        Import = 2,
        Function = 3,
        Table = 4,
        Memory = 5,
        Global = 6,
        Export = 7,
        Element = 9,
        Code = 10,
        Data = 11,
        DataCount = 12,
    }

    /// <summary>Offsets at which the bodies of the module's own functions start, and the offset after the last one.</summary>
    public IReadOnlyList<int> BodyStarts => _bodyStarts;

    /// <summary>Writes it all.</summary>
    public byte[] Write()
    {
        FindSections();
        (ByteSink code, List<int> starts) = WriteBodies();
        _binary.Raw(module.Bytes.Span[..8]);
        ByteSink types = new();
        foreach (FunctionType type in _plan.AddedTypes) types.Type(type);
        Extend(SectionId.Type, _plan.AddedTypes.Count, types);
        Copy(SectionId.Import);
        WriteFunctions();
        Copy(SectionId.Table);
        Copy(SectionId.Memory);
        WriteGlobals();
        WriteExports();
        Copy(SectionId.Element);
        Copy(SectionId.DataCount);
        Section(SectionId.Code, code.Written);
        int codeStart = _binary.Length - code.Length;
        _bodyStarts.AddRange(starts.Select(start => codeStart + start));
        Copy(SectionId.Data);
        WriteNames();
        return _binary.Written.ToArray();
    }

    private int OwnBodies => module.Functions.Length - module.ImportedFunctionCount;

    private int AddedBodies => 1 + module.Memories.Length + module.Tables.Length;

    private void FindSections()
    {
        var reader = new ByteReader(module.Binary, 8, module.Binary.Length - 8);
        while (reader.Remaining > 0)
        {
            int id = reader.ReadByte();
            int length = reader.ReadCount();
            if (id != (int)SectionId.Custom) _sections.Add(id, (reader.Position, length));
            reader.Skip(length);
        }
    }

    // Before the types: a body may ask for another one.
    private (ByteSink Code, List<int> Starts) WriteBodies()
    {
        ByteSink code = new ByteSink().Unsigned((uint)(OwnBodies + AddedBodies));
        List<int> starts = [];
        ByteReader? reader = null;
        if (_sections.TryGetValue((int)SectionId.Code, out (int Offset, int Length) section))
        {
            reader = new ByteReader(module.Binary, section.Offset, section.Length);
            reader.ReadCount();
        }

        for (int i = 0; i < OwnBodies; i++)
        {
            FunctionDeclaration function = module.Functions[module.ImportedFunctionCount + i];
            int length = reader!.ReadCount();
            int start = reader.Position;
            ReadOnlySpan<byte> locals = module.Binary.AsSpan(start..function.Body!.CodeOffset);
            reader.Skip(length);
            Body(new MeteredBody(_plan, function, function.Body).Write(locals));
        }

        starts.Add(code.Length);
        Body(MeteringCode.BulkBody(_plan));
        if (_plan.GrowFunction >= 0) Body(MeteringCode.GrowBody(_plan, module.Memories[0]));
        for (int table = 0; table < module.Tables.Length; table++) Body(MeteringCode.TableGrowBody(_plan, table));
        if (starts.Count > OwnBodies + 1) starts.RemoveRange(OwnBodies + 1, starts.Count - OwnBodies - 1);
        return (code, starts);

        void Body(ByteSink body)
        {
            code.Unsigned((uint)body.Length);
            starts.Add(code.Length);
            code.Raw(body.Written);
        }
    }

    private void WriteFunctions()
    {
        ByteSink added = new ByteSink().Unsigned((uint)_plan.UnaryType);
        if (_plan.GrowFunction >= 0) added.Unsigned((uint)_plan.UnaryType);
        foreach (int type in _plan.TableTypes) added.Unsigned((uint)type);
        Extend(SectionId.Function, AddedBodies, added);
    }

    private void WriteGlobals()
    {
        ByteSink added = new ByteSink().Kind(ValueKind.I64).Raw(1).I64(0).Op(Opcode.End);
        for (int i = 1; i < MeteringPlan.AddedGlobals; i++) added.Kind(ValueKind.I32).Raw(1).I32(0).Op(Opcode.End);
        Extend(SectionId.Global, MeteringPlan.AddedGlobals, added);
    }

    private void WriteExports()
    {
        ByteSink added = new();
        for (int i = 0; i < globalExports.Length; i++)
            added.Name(globalExports[i]).Raw((byte)ExternKind.Global).Unsigned((uint)(_plan.Fuel + i));
        if (startExport is not null)
            added.Name(startExport).Raw((byte)ExternKind.Function).Unsigned((uint)module.Start!.Value);
        Extend(SectionId.Export, globalExports.Length + (startExport is null ? 0 : 1), added);
    }

    private void WriteNames()
    {
        foreach (CustomSection section in module.CustomSections.Where(section => section.Name == NameSection))
        {
            ByteSink content = new ByteSink().Name(NameSection);
            content.Raw(module.Binary.AsSpan(section.DataOffset, section.DataLength));
            Section(SectionId.Custom, content.Written);
        }
    }

    private void Copy(SectionId id)
    {
        if (_sections.TryGetValue((int)id, out (int Offset, int Length) section))
            Section(id, module.Binary.AsSpan(section.Offset, section.Length));
    }

    private void Extend(SectionId id, int count, ByteSink items)
    {
        ByteSink content = new();
        if (_sections.TryGetValue((int)id, out (int Offset, int Length) section))
        {
            var reader = new ByteReader(module.Binary, section.Offset, section.Length);
            content.Unsigned((uint)(reader.ReadCount() + count));
            content.Raw(module.Binary.AsSpan(reader.Position, reader.Remaining));
        }
        else
        {
            content.Unsigned((uint)count);
        }

        Section(id, content.Raw(items.Written).Written);
    }

    private void Section(SectionId id, ReadOnlySpan<byte> content) =>
        _binary.Raw((byte)id).Unsigned((uint)content.Length).Raw(content);
}
