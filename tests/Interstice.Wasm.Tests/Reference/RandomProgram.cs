using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Reference;

/// <summary>Makes valid modules at random: instructions are chosen by what lies on the operand stack, so that operands
/// wait for their use across stores, calls, blocks and branches in every order.</summary>
public sealed class RandomProgram
{
    public const int Functions = 4;
    private const int Locals = 3;
    private const int ImportedFunctions = 2;
    private const int Globals = 4;

    private static readonly ValueKind[] Kinds = [I32, I64, F32, F64];

    private static readonly (Opcode Opcode, ValueKind[] Operands, ValueKind Result)[] Numeric =
    [
        .. Of([I32, I32], I32, Opcode.I32Add, Opcode.I32Sub, Opcode.I32Mul, Opcode.I32And, Opcode.I32Or, Opcode.I32Xor,
            Opcode.I32Shl, Opcode.I32ShrS, Opcode.I32ShrU, Opcode.I32Rotl, Opcode.I32Rotr, Opcode.I32Eq, Opcode.I32LtS, Opcode.I32GeU,
            Opcode.I32DivS, Opcode.I32RemU),
        .. Of([I32], I32, Opcode.I32Eqz, Opcode.I32Clz, Opcode.I32Ctz, Opcode.I32Popcnt, Opcode.I32Extend8S),
        .. Of([I32], I64, Opcode.I64ExtendI32S, Opcode.I64ExtendI32U),
        .. Of([I32], F64, Opcode.F64ConvertI32S), .. Of([I32], F32, Opcode.F32ConvertI32U, Opcode.F32ReinterpretI32),
        .. Of([I64, I64], I64, Opcode.I64Add, Opcode.I64Sub, Opcode.I64Mul, Opcode.I64Xor, Opcode.I64Shl, Opcode.I64ShrU,
            Opcode.I64Rotl, Opcode.I64Rotr, Opcode.I64RemS),
        .. Of([I64, I64], I32, Opcode.I64Eq, Opcode.I64LtU, Opcode.I64GtS),
        .. Of([I64], I32, Opcode.I64Eqz, Opcode.I32WrapI64), .. Of([I64], I64, Opcode.I64Clz, Opcode.I64Extend16S),
        .. Of([I64], F64, Opcode.F64ConvertI64S, Opcode.F64ReinterpretI64),
        .. Of([F32, F32], F32, Opcode.F32Add, Opcode.F32Mul, Opcode.F32Div, Opcode.F32Min, Opcode.F32Max, Opcode.F32Copysign),
        .. Of([F32, F32], I32, Opcode.F32Lt, Opcode.F32Ne),
        .. Of([F32], F32, Opcode.F32Neg, Opcode.F32Abs, Opcode.F32Sqrt), .. Of([F32], F64, Opcode.F64PromoteF32),
        .. Of([F32], I32, Opcode.I32ReinterpretF32),
        .. Of([F64, F64], F64, Opcode.F64Add, Opcode.F64Sub, Opcode.F64Mul, Opcode.F64Div, Opcode.F64Min, Opcode.F64Max, Opcode.F64Copysign),
        .. Of([F64, F64], I32, Opcode.F64Le, Opcode.F64Gt, Opcode.F64Eq),
        .. Of([F64], F64, Opcode.F64Neg, Opcode.F64Abs, Opcode.F64Sqrt, Opcode.F64Nearest),
        .. Of([F64], F32, Opcode.F32DemoteF64),
        .. Of([F64], I64, Opcode.I64ReinterpretF64, Opcode.I64TruncSatF64S), .. Of([F64], I32, Opcode.I32TruncF64S),
    ];

    private static readonly (Opcode Opcode, ValueKind Kind)[] Loads =
    [
        (Opcode.I32Load, I32), (Opcode.I64Load, I64), (Opcode.F32Load, F32), (Opcode.F64Load, F64), (Opcode.I32Load8S, I32),
        (Opcode.I32Load16U, I32), (Opcode.I64Load8U, I64), (Opcode.I64Load32S, I64),
    ];

    private static readonly (Opcode Opcode, ValueKind Kind)[] Stores =
    [
        (Opcode.I32Store, I32), (Opcode.I64Store, I64), (Opcode.F32Store, F32), (Opcode.F64Store, F64), (Opcode.I32Store8, I32),
        (Opcode.I64Store16, I64), (Opcode.I64Store32, I64),
    ];

    private readonly Random _random;
    private readonly ModuleBuilder _module = new ModuleBuilder().Memory(1, 4).Export("memory", ExternKind.Memory, 0).Table(5);
    private readonly FunctionType[] _types = new FunctionType[ImportedFunctions + Functions];
    private readonly List<FunctionType> _labels = [];
    private ValueKind[] _locals = [];
    private FunctionType _current = new([], []);

    private RandomProgram(int seed) => _random = new Random(seed);

    /// <summary>Makes a module that exports functions "0", "1" and so on, and its memory and globals.</summary>
    public static ModuleBuilder Make(int seed) => new RandomProgram(seed).Make();

    private static (Opcode, ValueKind[], ValueKind)[] Of(ValueKind[] operands, ValueKind result, params Opcode[] opcodes) =>
        [.. opcodes.Select(opcode => (opcode, operands, result))];

    private ModuleBuilder Make()
    {
        for (int i = 0; i < _types.Length; i++)
        {
            _types[i] = RandomType(i < ImportedFunctions ? 1 : 2);
            if (i < ImportedFunctions) _module.ImportFunction($"import{i}", _types[i]);
        }

        for (int i = 0; i < Globals; i++)
        {
            _module.Global(Kinds[i], true, Constant(new Code(), Kinds[i])).Export($"g{i}", ExternKind.Global, i);
        }

        for (int i = 0; i < Functions; i++)
        {
            _current = _types[ImportedFunctions + i];
            ValueKind[] own = [.. Enumerable.Range(0, Locals).Select(_ => Pick(Kinds))];
            _locals = [.. _current.Parameters, .. own];
            var code = new Code();
            var stack = new List<ValueKind>();
            _labels.Add(new FunctionType(_current.Results, _current.Results));
            bool isReachable = Body(code, stack, 0, _random.Next(10, 60));
            if (isReachable) Fit(code, stack, 0, _current.Results);
            _labels.Clear();
            _module.Function(i.ToString(System.Globalization.CultureInfo.InvariantCulture), [.. _current.Parameters], [.. _current.Results], code, own);
        }

        return _module.Elements(0, 0, ImportedFunctions, ImportedFunctions + 1, ImportedFunctions + 2);
    }

    private FunctionType RandomType(int resultsMax) => new(
        [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Pick(Kinds))],
        [.. Enumerable.Range(0, _random.Next(resultsMax + 1)).Select(_ => Pick(Kinds))]);

    /// <summary>Writes instructions; false when the last one does not go on.</summary>
    private bool Body(Code code, List<ValueKind> stack, int height, int count)
    {
        for (; count > 0; count--)
        {
            switch (_random.Next(26))
            {
                case < 6: Compute(code, stack, height); break;
                case < 9: PushLocal(code, stack); break;
                case 9: stack.Add(PushConstant(code)); break;
                case 10 or 11 when stack.Count > height: SetLocal(code, stack); break;
                case 12: Access(code, stack, height); break;
                case 13: Access(code, stack, height); break;
                case 14: Global(code, stack, height); break;
                case 15: Call(code, stack, height); break;
                case 16: Select(code, stack, height); break;
                case 17 when stack.Count > height:
                    code.Op(Opcode.Drop);
                    stack.RemoveAt(stack.Count - 1);
                    break;
                case 18 or 19: Open(code, stack, height, count / 2); break;
                case 20: BranchIf(code, stack, height); break;
                case 21 when _random.Next(4) == 0: return Leave(code, stack, height);
                case 22 when _random.Next(4) == 0:
                    Want(code, stack, height, I32);
                    code.Op(Opcode.MemoryGrow, 0u);
                    break;
                default: PushLocal(code, stack); break;
            }
        }

        return true;
    }

    private void Compute(Code code, List<ValueKind> stack, int height)
    {
        (Opcode opcode, ValueKind[] operands, ValueKind result) = Pick(Numeric);
        Take(code, stack, height, operands);
        code.Op(opcode);
        stack.Add(result);
    }

    private void PushLocal(Code code, List<ValueKind> stack)
    {
        int local = _random.Next(_locals.Length);
        code.Get((uint)local);
        stack.Add(_locals[local]);
    }

    private void SetLocal(Code code, List<ValueKind> stack)
    {
        int[] fitting = [.. Enumerable.Range(0, _locals.Length).Where(local => _locals[local] == stack[^1])];
        if (fitting.Length == 0) return;
        uint local = (uint)Pick(fitting);
        if (_random.Next(2) == 0)
        {
            code.Tee(local);
            return;
        }

        code.Set(local);
        stack.RemoveAt(stack.Count - 1);
    }

    private void Access(Code code, List<ValueKind> stack, int height)
    {
        bool isStore = _random.Next(2) == 0;
        (Opcode opcode, ValueKind kind) = Pick(isStore ? Stores : Loads);
        uint offset = (uint)Pick([0, 0, 4, 100, 65_530, 200_000]);
        if (isStore)
        {
            Want(code, stack, height, I32);
            MaskAddress(code);
            Want(code, stack, height, kind, keep: 1);
            stack.RemoveAt(stack.Count - 1);
        }
        else
        {
            Want(code, stack, height, I32);
            MaskAddress(code);
        }

        stack.RemoveAt(stack.Count - 1);
        code.Access(opcode, offset);
        if (!isStore) stack.Add(kind);
    }

    // Most addresses stay inside, some do not.
    private void MaskAddress(Code code)
    {
        if (_random.Next(40) > 0) code.I32(0x3FF).Op([Opcode.I32And]);
    }

    private void Global(Code code, List<ValueKind> stack, int height)
    {
        uint index = (uint)_random.Next(Globals);
        if (_random.Next(2) == 0)
        {
            code.Op(Opcode.GlobalGet, index);
            stack.Add(Kinds[index]);
            return;
        }

        Take(code, stack, height, [Kinds[index]]);
        code.Op(Opcode.GlobalSet, index);
    }

    private void Call(Code code, List<ValueKind> stack, int height)
    {
        int function = _random.Next(_types.Length);
        FunctionType type = _types[function];
        Take(code, stack, height, [.. type.Parameters]);
        if (_random.Next(3) == 0) code.I32(_random.Next(6)).CallIndirect(_module.Type(type));
        else code.Call(function);
        stack.AddRange(type.Results);
    }

    private void Select(Code code, List<ValueKind> stack, int height)
    {
        ValueKind kind = Pick(Kinds);
        Take(code, stack, height, [kind, kind, I32]);
        code.Op(Opcode.Select);
        stack.Add(kind);
    }

    private void Open(Code code, List<ValueKind> stack, int height, int count)
    {
        Opcode opcode = Pick([Opcode.Block, Opcode.Loop, Opcode.If]);
        FunctionType type = RandomType(2);
        ValueKind[] operands = [.. type.Parameters];
        Take(code, stack, height, opcode == Opcode.If ? [.. operands, I32] : operands);
        code.Open(opcode, _module.Type(type));
        _labels.Add(opcode == Opcode.Loop ? new FunctionType(type.Parameters, type.Results) : new FunctionType(type.Results, type.Results));
        Arm(code, stack.Count, stack, type, count);
        bool isAlike = type.Parameters.AsSpan().SequenceEqual(type.Results.AsSpan());
        if (opcode == Opcode.If && (!isAlike || _random.Next(2) == 0))
        {
            code.Op([Opcode.Else]);
            Arm(code, stack.Count, stack, type, count);
        }

        code.End();
        _labels.RemoveAt(_labels.Count - 1);
        stack.AddRange(type.Results);
    }

    private void Arm(Code code, int height, List<ValueKind> stack, FunctionType type, int count)
    {
        stack.AddRange(type.Parameters);
        if (Body(code, stack, height, count)) Fit(code, stack, height, type.Results);
        stack.RemoveRange(height, stack.Count - height);
    }

    private void BranchIf(Code code, List<ValueKind> stack, int height)
    {
        int depth = _random.Next(_labels.Count);
        ValueKind[] values = [.. _labels[^(depth + 1)].Parameters];
        Take(code, stack, height, [.. values, I32]);
        code.Op(Opcode.BrIf, (uint)depth);
        stack.AddRange(values);
    }

    /// <summary>A branch that is always taken, a return or a trap.</summary>
    private bool Leave(Code code, List<ValueKind> stack, int height)
    {
        int depth = _random.Next(_labels.Count);
        ValueKind[] values = [.. _labels[^(depth + 1)].Parameters];
        switch (_random.Next(5))
        {
            case 0: code.Op(Opcode.Unreachable); break;
            case 1:
                Take(code, stack, height, [.. _current.Results]);
                code.Op(Opcode.Return);
                break;
            case 2:
                // Labels of one table take the same operands: all labels that do.
                uint[] alike = [.. Enumerable.Range(0, _labels.Count)
                    .Where(other => _labels[^(other + 1)].Parameters.AsSpan().SequenceEqual(values)).Select(other => (uint)other)];
                Take(code, stack, height, [.. values, I32]);
                code.Op(Opcode.BrTable, [(uint)alike.Length, .. alike, (uint)depth]);
                break;
            default:
                Take(code, stack, height, values);
                code.Op(Opcode.Br, (uint)depth);
                break;
        }

        return false;
    }

    /// <summary>Leaves exactly the given kinds above a height.</summary>
    private void Fit(Code code, List<ValueKind> stack, int height, IReadOnlyList<ValueKind> kinds)
    {
        if (stack.Skip(height).SequenceEqual(kinds)) return;
        for (; stack.Count > height; stack.RemoveAt(stack.Count - 1)) code.Op(Opcode.Drop);
        foreach (ValueKind kind in kinds)
        {
            Constant(code, kind);
            stack.Add(kind);
        }
    }

    /// <summary>Takes operands off the stack, after making those that are missing.</summary>
    private void Take(Code code, List<ValueKind> stack, int height, ValueKind[] kinds)
    {
        int present = kinds.Length;
        for (; present > 0; present--)
        {
            if (stack.Count - height >= present && stack.TakeLast(present).SequenceEqual(kinds[..present])) break;
        }

        foreach (ValueKind kind in kinds[present..]) Make(code, kind);
        stack.RemoveRange(stack.Count - present, present);
    }

    /// <summary>Makes the top of the stack be of a kind.</summary>
    private void Want(Code code, List<ValueKind> stack, int height, ValueKind kind, int keep = 0)
    {
        if (stack.Count > height + keep && keep == 0 && stack[^1] == kind) return;
        Make(code, kind);
        stack.Add(kind);
    }

    private void Make(Code code, ValueKind kind)
    {
        int[] fitting = [.. Enumerable.Range(0, _locals.Length).Where(local => _locals[local] == kind)];
        if (fitting.Length > 0 && _random.Next(3) > 0) code.Get((uint)Pick(fitting));
        else Constant(code, kind);
    }

    private ValueKind PushConstant(Code code)
    {
        ValueKind kind = Pick(Kinds);
        Constant(code, kind);
        return kind;
    }

    private Code Constant(Code code, ValueKind kind) => kind switch
    {
        ValueKind.I32 => code.I32(Pick([0, 1, -1, 2, 100, int.MinValue, _random.Next()])),
        ValueKind.I64 => code.I64(Pick([0, 1, -1, 64, long.MinValue, _random.NextInt64()])),
        ValueKind.F32 => code.F32(Pick<uint>([0, 0x8000_0000, 0x3F80_0000, 0x7FA0_0001, 0xFFC0_1234, 0x7F80_0000, 0x7FC0_0000])),
        _ => code.F64(Pick<ulong>(
            [0, 0x8000_0000_0000_0000, 0x3FF8_0000_0000_0000, 0x7FF4_0000_0000_0001, 0xFFF8_0000_0000_4321, 0x7FF0_0000_0000_0000])),
    };

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
