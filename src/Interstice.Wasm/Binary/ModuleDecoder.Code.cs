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
        int end = _reader.Position + length;
        LocalRun[] locals = ReadLocals(out uint localCount);
        int code = ScanExpression();
        CheckEnd(end, $"the body of function {_draft.ImportedFunctionCount + _draft.Bodies.Count}");
        _draft.Bodies.Add(new BodyDraft(locals, localCount, code, end - code, at));
    }

    private LocalRun[] ReadLocals(out uint localCount)
    {
        int at = _reader.Position;
        int runCount = _reader.ReadCount();
        CheckLimit(at, "runs of locals", runCount, _limits.LocalsMax, nameof(_limits.LocalsMax));
        LocalRun[] runs = runCount == 0 ? [] : new LocalRun[runCount];
        ulong total = 0;
        for (int i = 0; i < runCount; i++)
        {
            runs[i] = new LocalRun(_reader.ReadUInt32(), TypeReader.ReadValueKind(_reader));
            total += runs[i].Count;
        }

        if (total > uint.MaxValue) throw WasmFormatException.Malformed(at, $"too many locals: {total}");
        localCount = (uint)total;
        return runs;
    }

    /// <summary>Checks instructions and their nesting up to the <c>end</c> that closes the expression.</summary>
    /// <returns>Offset in the binary of its first instruction.</returns>
    private int ScanExpression()
    {
        int start = _reader.Position;
        CodeReader code = _code;
        code.Restart(start, _reader.Remaining);
        _openIfs.Clear();
        while (true)
        {
            if (!code.Read()) throw _reader.UnexpectedEnd();
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
                case Opcode.End when _openIfs.Count == 0:
                    _reader.Skip(code.Position - start);
                    return start;
                case Opcode.End:
                    _openIfs.RemoveAt(_openIfs.Count - 1);
                    break;
                case Opcode.MemoryInit or Opcode.DataDrop:
                    _firstUseOfData ??= code.Offset;
                    break;
            }
        }
    }

    private WasmFormatException InconsistentCode(int offset, int bodies) => WasmFormatException.Malformed(
        offset,
        $"function and code section have inconsistent lengths: {_declaredFunctions} and {bodies}");
}
