using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Fuzzing.GuestShape;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <content>Statements.</content>
internal sealed partial class BodyGenerator
{
    private const byte LoopCode = 0x03, IfCode = 0x04;

    private void Statements()
    {
        for (int count = _random.Next(4); count > 0; count--) Statement();
    }

    private void Statement()
    {
        if (!Enter()) return;
        byte kind = Kind();
        switch (_random.Next(16))
        {
            case 0 or 1 or 2:
                Value(kind);
                Emit(0x21, Local(kind));
                break;
            case 3:
                Value(kind);
                Emit(0x24, (byte)Array.IndexOf(Globals, kind));
                break;
            case 4 or 5: Store(kind); break;
            case 6: Block(); break;
            case 7: If(); break;
            case 8: BranchIf(); break;
            case 9: BranchTable(); break;
            case 10:
                foreach (byte _ in Call(_functionTypes[_random.Next(_functionTypes.Length)])) Emit(0x1A);
                break;
            case 11: Bulk(); break;
            case 12: TableOperation(); break;
            case 13: Grow(); break;
            case 14: PassThrough(); break;
            default:
                Value(kind);
                Emit(0x1A);
                break;
        }

        Leave();
    }

    private void Store(byte kind)
    {
        Address();
        Value(kind);
        if (IsFloat(kind)) Canonicalize(kind);
        (byte opcode, int alignment) = kind switch
        {
            I32 => _random.GetItems<(byte, int)>([(0x36, 2), (0x3A, 0), (0x3B, 1)], 1)[0],
            I64 => _random.GetItems<(byte, int)>([(0x37, 3), (0x3C, 0), (0x3D, 1), (0x3E, 2)], 1)[0],
            F32 => ((byte)0x38, 2),
            _ => ((byte)0x39, 3),
        };
        Emit(opcode);
        MemoryArgument(alignment);
    }

    private void Block()
    {
        bool isLoop = _random.Next(2) == 0;
        Emit(isLoop ? (byte)0x03 : (byte)0x02, 0x40);
        _labels.Add([]);
        if (isLoop) TakeFromBudget();
        Statements();
        _labels.RemoveAt(_labels.Count - 1);
        Emit(0x0B);
    }

    private void If()
    {
        Value(I32);
        Emit(0x04, 0x40);
        _labels.Add([]);
        Statements();
        if (_random.Next(2) == 0)
        {
            Emit(0x05);
            Statements();
        }

        _labels.RemoveAt(_labels.Count - 1);
        Emit(0x0B);
    }

    private void BranchIf()
    {
        int label = _random.Next(_labels.Count);
        byte[] carried = _labels[^(label + 1)];
        foreach (byte kind in carried) Value(kind);
        Value(I32);
        Emit(0x0D, (byte)label);
        foreach (byte _ in carried) Emit(0x1A);
    }

    /// <summary>A table of labels that all carry the same, in a block of its own, since code after it is
    /// dead.</summary>
    private void BranchTable()
    {
        byte[] carried = _labels[_random.Next(_labels.Count)];
        Emit(0x02, 0x40);
        _labels.Add([]);
        uint[] fitting = [.. Enumerable.Range(0, _labels.Count)
            .Where(label => _labels[^(label + 1)].SequenceEqual(carried)).Select(label => (uint)label)];
        foreach (byte kind in carried) Value(kind);
        Value(I32);
        if (_random.Next(3) != 0) Emit(0x41, 0x03, 0x71);
        int count = _random.Next(5);
        Emit(0x0E);
        Emit(WasmBytes.Unsigned((ulong)count));
        for (int i = 0; i <= count; i++) Emit(WasmBytes.Unsigned(fitting[_random.Next(fitting.Length)]));
        Statements();
        _labels.RemoveAt(_labels.Count - 1);
        Emit(0x0B);
    }

    private void Bulk()
    {
        Address();
        Value(I32);
        Emit(0x41, 0xFF, 0x00, 0x71);
        Value(I32);
        Emit(0x41, 0x3F, 0x71);
        switch (_random.Next(3))
        {
            case 0: Emit(0xFC, 0x0A, 0, 0); break;
            case 1: Emit(0xFC, 0x0B, 0); break;
            default: Emit(0xFC, 0x08, (byte)_random.Next(2), 0); break;
        }

        if (_random.Next(30) == 0) Emit(0xFC, 0x09, 1);
    }

    private void TableOperation()
    {
        switch (_random.Next(11))
        {
            case 0:
                SmallIndex();
                SmallIndex();
                SmallIndex();
                Emit(0xFC, 0x0E, 0, 0);
                break;
            case 1:
                SmallIndex();
                SmallIndex();
                SmallIndex();
                Emit(0xFC, 0x0C, 1, 0);
                break;
            case 2:
                SmallIndex();
                SmallIndex();
                Emit(0x25, 0, 0x26, 0);
                break;
            case 3:
                SmallIndex();
                Emit(0xD2, (byte)_random.Next(_functionTypes.Length), 0x26, 0);
                break;
            case 4:
                Emit(0xD0, 0x70, 0x41, (byte)_random.Next(3), 0xFC, 0x0F, 0, 0x21, Local(I32));
                break;
            case 5: Emit(0xFC, 0x10, (byte)_random.Next(2), 0x21, Local(I32)); break;
            case 6:
                SmallIndex();
                Emit(0x25, (byte)_random.Next(2), 0xD1, 0x21, Local(I32));
                break;
            case 7:
                SmallIndex();
                Emit(0xD2, (byte)_random.Next(_functionTypes.Length));
                SmallIndex();
                Emit(0xFC, 0x11, 0);
                break;
            case 8:
                // select of references needs its type; the externref table holds nulls alone.
                SmallIndex();
                Emit(0x25, 0, 0xD0, 0x70);
                Value(I32);
                Emit(0x1C, 1, 0x70, 0xD1, 0x21, Local(I32));
                break;
            case 9:
                Emit(0xD0, 0x6F, 0x41, (byte)_random.Next(3), 0xFC, 0x0F, 1, 0x21, Local(I32));
                break;
            default:
                if (_random.Next(12) == 0) Emit(0xFC, 0x0D, 1);
                else Emit(0x41, 0x02, 0xD0, 0x6F, 0x26, 1);
                break;
        }
    }

    private void SmallIndex()
    {
        Value(I32);
        Emit(0x41, 0x07, 0x71);
    }

    private void Grow()
    {
        Value(I32);
        Emit(0x41, 0x01, 0x71, 0x40, 0, 0x21, Local(I32));
    }

    /// <summary>A block, loop or if that takes and leaves values by its type index.</summary>
    private void PassThrough()
    {
        int type = _random.Next(Types.Length);
        byte opcode = (byte)_random.Next(0x02, 0x05);
        foreach (byte kind in Types[type].Parameters) Value(kind);
        if (opcode == IfCode) Value(I32);
        Emit(opcode, (byte)type);
        _labels.Add(opcode == LoopCode ? Types[type].Parameters : Types[type].Results);
        if (opcode == LoopCode) TakeFromBudget();
        Arm(type);
        if (opcode == IfCode)
        {
            Emit(0x05);
            Arm(type);
        }

        _labels.RemoveAt(_labels.Count - 1);
        Emit(0x0B);
        foreach (byte _ in Types[type].Results) Emit(0x1A);
    }

    private void Arm(int type)
    {
        // Parameters are kept in locals of their kind, where they are seen.
        foreach (byte kind in Types[type].Parameters.Reverse()) Emit(0x21, Local(kind));
        Statements();
        foreach (byte kind in Types[type].Results) Value(kind);
    }
}
