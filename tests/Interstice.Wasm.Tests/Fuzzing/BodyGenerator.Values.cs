using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Fuzzing.GuestShape;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <content>Expressions.</content>
internal sealed partial class BodyGenerator
{
    /// <summary>Pushes a value of a kind.</summary>
    private void Value(byte kind)
    {
        if (!Enter())
        {
            if (_random.Next(2) == 0) Constant(kind);
            else Emit(0x20, Local(kind));
            return;
        }

        switch (_random.Next(16))
        {
            case 0: Constant(kind); break;
            case 1: Emit(0x20, Local(kind)); break;
            case 2: Emit(0x23, (byte)Array.IndexOf(Globals, kind)); break;
            case 3:
                Value(kind);
                Emit(0x22, Local(kind));
                break;
            case 4: Load(kind); break;
            case 5: Choose(kind); break;
            case 6: BlockValue(kind); break;
            case 7: IfValue(kind); break;
            case 8: CallValue(kind); break;
            case 9 when _random.Next(3) == 0: LeaveInstead(); break;
            case 10: Observe(kind); break;
            default: Operate(kind); break;
        }

        Leave();
    }

    private void Operate(byte kind)
    {
        (byte[] code, byte[] operands, byte result) operation;
        do operation = Operations[_random.Next(Operations.Length)];
        while (operation.result != kind || (MayTrap(operation.code[0]) && _random.Next(6) != 0));
        foreach (byte operand in operation.operands) Value(operand);
        Emit(operation.code);
    }

    /// <summary>Whether it is a division or a truncation: of those a few are enough to see them trap.</summary>
    private static bool MayTrap(byte opcode) =>
        opcode is >= 0x6D and <= 0x70 or >= 0x7F and <= 0x82 or 0xA8 or 0xA9 or 0xAA or 0xAB or >= 0xAE and <= 0xB1;

    private void Choose(byte kind)
    {
        Value(kind);
        Value(kind);
        Value(I32);
        if (_random.Next(2) == 0) Emit(0x1B);
        else Emit(0x1C, 1, kind);
    }

    /// <summary>Instructions that show the bits of a float.</summary>
    private void Observe(byte kind)
    {
        switch (kind)
        {
            case I32 or I64:
                byte seen = kind == I32 ? F32 : F64;
                Value(seen);
                Canonicalize(seen);
                Emit(kind == I32 ? (byte)0xBC : (byte)0xBD);
                break;
            default:
                Value(kind);
                Value(kind);
                Canonicalize(kind);
                Emit(kind == F32 ? (byte)0x98 : (byte)0xA6);
                break;
        }
    }

    private void Load(byte kind)
    {
        if (kind == I32 && _random.Next(6) == 0)
        {
            Emit(0x3F, 0);
            return;
        }

        Address();
        (byte opcode, int alignment) = kind switch
        {
            I32 => _random.GetItems<(byte, int)>([(0x28, 2), (0x2C, 0), (0x2D, 0), (0x2E, 1), (0x2F, 1)], 1)[0],
            I64 => _random.GetItems<(byte, int)>(
                [(0x29, 3), (0x30, 0), (0x31, 0), (0x32, 1), (0x33, 1), (0x34, 2), (0x35, 2)], 1)[0],
            F32 => ((byte)0x2A, 2),
            _ => ((byte)0x2B, 3),
        };
        Emit(opcode);
        MemoryArgument(alignment);
    }

    private void MemoryArgument(int alignment)
    {
        Emit((byte)_random.Next(alignment + 1));
        uint offset = _random.Next(60) == 0 ? (uint)_random.NextInt64(uint.MaxValue + 1L) : (uint)_random.Next(64);
        Emit(WasmBytes.Unsigned(offset));
    }

    private void BlockValue(byte kind)
    {
        bool isLoop = _random.Next(3) == 0;
        Emit(isLoop ? (byte)0x03 : (byte)0x02, kind);
        _labels.Add(isLoop ? [] : [kind]);
        if (isLoop) TakeFromBudget();
        Statements();
        Value(kind);
        _labels.RemoveAt(_labels.Count - 1);
        Emit(0x0B);
    }

    private void IfValue(byte kind)
    {
        Value(I32);
        Emit(0x04, kind);
        _labels.Add([kind]);
        Statements();
        Value(kind);
        Emit(0x05);
        Statements();
        Value(kind);
        _labels.RemoveAt(_labels.Count - 1);
        Emit(0x0B);
    }

    /// <summary>A call, direct or indirect, of which the first result of that kind is kept.</summary>
    private void CallValue(byte kind)
    {
        int[] candidates = [.. _functionTypes.Where(type => Types[type].Results.Contains(kind))];
        if (candidates.Length == 0)
        {
            Constant(kind);
            return;
        }

        byte[] results = Call(candidates[_random.Next(candidates.Length)]);
        byte kept = Local(kind);
        for (int i = results.Length - 1; i >= 0; i--)
        {
            if (results[i] == kind) Emit(0x21, kept);
            else Emit(0x1A);
        }

        Emit(0x20, kept);
    }

    /// <summary>Calls a function of a type that some function has, by its index or through the table.</summary>
    private byte[] Call(int type)
    {
        foreach (byte parameter in Types[type].Parameters) Value(parameter);
        byte function = (byte)Array.IndexOf(_functionTypes, type);
        if (_random.Next(3) != 0)
        {
            Emit(0x10, function);
        }
        else
        {
            // The table starts with the functions in order, then nulls; other statements shuffle it.
            if (_random.Next(12) == 0) Value(I32);
            else Emit(0x41, function);
            Emit(0x11, (byte)type, 0);
        }

        return Types[type].Results;
    }

    /// <summary>Leaves the block or function in place of a value: what follows can be any type.</summary>
    private void LeaveInstead()
    {
        int label = _random.Next(_labels.Count);
        foreach (byte kind in _labels[^(label + 1)]) Value(kind);
        if (label == _labels.Count - 1 && _random.Next(2) == 0) Emit(0x0F);
        else Emit(0x0C, (byte)label);
    }
}
