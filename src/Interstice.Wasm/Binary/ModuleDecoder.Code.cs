namespace Interstice.Wasm.Binary;

internal sealed partial class ModuleDecoder
{
    /// <summary>One bit for each open block: whether it is an <c>if</c> that has not met its <c>else</c>.</summary>
    private readonly List<bool> _openIfs = [];

    private void ReadCode()
    {
        int at = _reader.Position;
        int count = _reader.ReadCount();
        if (count != _declaredFunctions) throw InconsistentCode(at, count);
        _draft.Bodies.EnsureCapacity(count);
        for (int i = 0; i < count; i++) ReadBody();
    }

    private void ReadBody()
    {
        int at = _reader.Position;
        int length = _reader.ReadCount();
        CheckLimit(at, "bytes of a function", length, _limits.FunctionBytesMax, nameof(_limits.FunctionBytesMax));
        var body = new ByteReader(_bytes, _reader.Position, length);
        LocalRun[] locals = ReadLocals(body, out uint localCount);
        int end = ScanCode(body.Position, body.Remaining);
        if (end != body.End)
            throw WasmFormatException.Malformed(end, $"section size mismatch: {body.End - end} bytes after a function");
        _draft.Bodies.Add(new BodyDraft(locals, localCount, body.Position, body.Remaining, at));
        _reader.Skip(length);
    }

    private LocalRun[] ReadLocals(ByteReader body, out uint localCount)
    {
        int at = body.Position;
        int runCount = body.ReadCount();
        CheckLimit(at, "runs of locals", runCount, _limits.LocalsMax, nameof(_limits.LocalsMax));
        LocalRun[] runs = runCount == 0 ? [] : new LocalRun[runCount];
        ulong total = 0;
        for (int i = 0; i < runCount; i++)
        {
            runs[i] = new LocalRun(body.ReadUInt32(), TypeReader.ReadValueKind(body));
            total += runs[i].Count;
        }

        if (total > uint.MaxValue) throw WasmFormatException.Malformed(at, $"too many locals: {total}");
        localCount = (uint)total;
        return runs;
    }

    /// <summary>Passes over an expression of the current section and returns where it starts.</summary>
    private int ScanExpression()
    {
        int start = _reader.Position;
        int end = ScanCode(start, _reader.Remaining);
        _reader.Skip(end - start);
        return start;
    }

    /// <summary>Checks instructions and their nesting up to the <c>end</c> that closes the expression.</summary>
    /// <returns>Offset in the binary after that <c>end</c>.</returns>
    private int ScanCode(int offset, int length)
    {
        var code = new CodeReader(_bytes, offset, length, _limits);
        _openIfs.Clear();
        while (code.Read())
        {
            switch (code.Opcode)
            {
                case Opcode.Block or Opcode.Loop or Opcode.If:
                    _openIfs.Add(code.Opcode == Opcode.If);
                    CheckLimit(
                        code.Offset, "nested blocks", _openIfs.Count, _limits.NestingMax, nameof(_limits.NestingMax));
                    break;
                case Opcode.Else:
                    if (_openIfs.Count == 0 || !_openIfs[^1])
                        throw WasmFormatException.Malformed(code.Offset, "END opcode expected: else without if");
                    _openIfs[^1] = false;
                    break;
                case Opcode.End:
                    if (_openIfs.Count == 0) return code.Position;
                    _openIfs.RemoveAt(_openIfs.Count - 1);
                    break;
                case Opcode.MemoryInit or Opcode.DataDrop when _declaredDataSegments is null:
                    throw WasmFormatException.Malformed(code.Offset, "data count section required");
            }
        }

        throw WasmFormatException.Malformed(
            code.Position,
            code.Position == _bytes.Length ? "unexpected end: END opcode expected"
            : "unexpected end of section or function: END opcode expected");
    }

    private WasmFormatException InconsistentCode(int offset, int bodies) => WasmFormatException.Malformed(
        offset,
        $"function and code section have inconsistent lengths: {_declaredFunctions} and {bodies}");
}
