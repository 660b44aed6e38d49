namespace Interstice.Wasm.Binary;

public sealed partial class CodeReader
{
    private void ReadImmediate(ImmediateKind immediate)
    {
        switch (immediate)
        {
            case ImmediateKind.BlockType: BlockType = ReadBlockType(); break;
            case ImmediateKind.Index: Index = _reader.ReadUInt32(); break;
            case ImmediateKind.Labels: ReadLabels(); break;
            case ImmediateKind.TypeAndTable:
            case ImmediateKind.ElementAndTable:
            case ImmediateKind.TwoTables:
                Index = _reader.ReadUInt32();
                SecondIndex = _reader.ReadUInt32();
                break;
            case ImmediateKind.Kinds: ReadKinds(); break;
            case ImmediateKind.MemoryArgument: ReadMemoryArgument(); break;
            case ImmediateKind.Memory: ReadZeroByte(); break;
            case ImmediateKind.TwoMemories:
                ReadZeroByte();
                ReadZeroByte();
                break;
            case ImmediateKind.DataAndMemory:
                Index = _reader.ReadUInt32();
                ReadZeroByte();
                break;
            case ImmediateKind.I32: Constant = (uint)_reader.ReadInt32(); break;
            case ImmediateKind.I64: Constant = (ulong)_reader.ReadInt64(); break;
            case ImmediateKind.F32: Constant = _reader.ReadFloat32Bits(); break;
            case ImmediateKind.F64: Constant = _reader.ReadFloat64Bits(); break;
            default: ReferenceKind = TypeReader.ReadReferenceKind(_reader); break;
        }
    }

    private BlockType ReadBlockType()
    {
        byte first = _reader.PeekByte();
        if (first == 0x40)
        {
            _reader.Skip(1);
            return BlockType.None;
        }

        // One byte with the sign bit of its seven set is a value type; anything else is a type index as s33.
        if ((first & 0xC0) == 0x40) return new BlockType(-1, TypeReader.ReadValueKind(_reader));
        int at = _reader.Position;
        long index = _reader.ReadInt33();
        return index switch
        {
            < 0 => throw WasmFormatException.Malformed(at, $"malformed block type {index}"),
            > int.MaxValue => throw WasmFormatException.Invalid(at, $"unknown type {index}"),
            _ => new BlockType((int)index, null),
        };
    }

    private void ReadLabels()
    {
        int at = _reader.Position;
        int count = _reader.ReadCount();
        if (count > _limits.BranchTargetsMax)
        {
            throw WasmFormatException.OverLimit(
                at, "targets of br_table", (ulong)count, _limits.BranchTargetsMax, nameof(_limits.BranchTargetsMax));
        }

        _labelCount = count + 1;
        if (_labels.Length < _labelCount) _labels = new uint[Math.Max(_labelCount, _labels.Length * 2)];
        for (int i = 0; i < _labelCount; i++) _labels[i] = _reader.ReadUInt32();
    }

    private void ReadKinds()
    {
        int at = _reader.Position;
        _kindCount = _reader.ReadCount();
        if (_kindCount > _limits.ResultsMax)
        {
            throw WasmFormatException.OverLimit(
                at, "types of select", (ulong)_kindCount, _limits.ResultsMax, nameof(_limits.ResultsMax));
        }

        if (_kinds.Length < _kindCount) _kinds = new ValueKind[_kindCount];
        for (int i = 0; i < _kindCount; i++) _kinds[i] = TypeReader.ReadValueKind(_reader);
    }

    private void ReadMemoryArgument()
    {
        int at = _reader.Position;
        Alignment = _reader.ReadUInt32();
        if (Alignment is >= 0x40 and < 0x80)
            throw Proposals.Refuse(Proposals.MultiMemory, at, "malformed memop flags");
        if (Alignment >= 32) throw WasmFormatException.Malformed(at, "malformed memop flags");
        MemoryOffset = _reader.ReadUInt32();
    }

    private void ReadZeroByte()
    {
        int at = _reader.Position;
        byte index = _reader.ReadByte();
        if (index >= 0x80) throw WasmFormatException.Malformed(at, $"zero byte expected, found {index:x2}");
        if (index != 0) throw Proposals.Refuse(Proposals.MultiMemory, at, "zero byte expected");
    }

    private static ImmediateKind[] CreateOneByteTable()
    {
        var table = new ImmediateKind[256];
        for (int opcode = (int)Opcode.I32Eqz; opcode <= (int)Opcode.I64Extend32S; opcode++)
            table[opcode] = ImmediateKind.None;
        for (int opcode = (int)Opcode.I32Load; opcode <= (int)Opcode.I64Store32; opcode++)
            table[opcode] = ImmediateKind.MemoryArgument;
        Set(
            table,
            ImmediateKind.None,
            Opcode.Unreachable, Opcode.Nop, Opcode.Else, Opcode.End, Opcode.Return, Opcode.Drop, Opcode.Select,
            Opcode.RefIsNull);
        Set(table, ImmediateKind.BlockType, Opcode.Block, Opcode.Loop, Opcode.If);
        Set(
            table,
            ImmediateKind.Index,
            Opcode.Br, Opcode.BrIf, Opcode.Call, Opcode.LocalGet, Opcode.LocalSet, Opcode.LocalTee, Opcode.GlobalGet,
            Opcode.GlobalSet, Opcode.TableGet, Opcode.TableSet, Opcode.RefFunc);
        Set(table, ImmediateKind.Memory, Opcode.MemorySize, Opcode.MemoryGrow);
        table[(int)Opcode.BrTable] = ImmediateKind.Labels;
        table[(int)Opcode.CallIndirect] = ImmediateKind.TypeAndTable;
        table[(int)Opcode.SelectTyped] = ImmediateKind.Kinds;
        table[(int)Opcode.I32Const] = ImmediateKind.I32;
        table[(int)Opcode.I64Const] = ImmediateKind.I64;
        table[(int)Opcode.F32Const] = ImmediateKind.F32;
        table[(int)Opcode.F64Const] = ImmediateKind.F64;
        table[(int)Opcode.RefNull] = ImmediateKind.ReferenceKind;
        return table;
    }

    private static ImmediateKind[] CreatePrefixedTable()
    {
        var table = new ImmediateKind[(int)Opcode.TableFill - 0xFC00 + 1];
        for (int opcode = (int)Opcode.I32TruncSatF32S; opcode <= (int)Opcode.I64TruncSatF64U; opcode++)
            table[opcode - 0xFC00] = ImmediateKind.None;
        Set(table, ImmediateKind.DataAndMemory, Opcode.MemoryInit);
        Set(table, ImmediateKind.TwoMemories, Opcode.MemoryCopy);
        Set(table, ImmediateKind.Memory, Opcode.MemoryFill);
        Set(table, ImmediateKind.ElementAndTable, Opcode.TableInit);
        Set(table, ImmediateKind.TwoTables, Opcode.TableCopy);
        Set(
            table,
            ImmediateKind.Index,
            Opcode.DataDrop, Opcode.ElemDrop, Opcode.TableGrow, Opcode.TableSize, Opcode.TableFill);
        return table;
    }

    private static void Set(ImmediateKind[] table, ImmediateKind kind, params ReadOnlySpan<Opcode> opcodes)
    {
        foreach (Opcode opcode in opcodes) table[(int)opcode & 0xFF] = kind;
    }
}
