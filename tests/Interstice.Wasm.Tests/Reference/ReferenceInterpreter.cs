using System.Buffers.Binary;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Reference;

/// <summary>The plainest possible interpreter of a part of WebAssembly, one instruction after the other, with the fuel
/// of docs/formats/fuel.md and a canonical NaN after every arithmetic instruction.</summary>
/// <remarks>Imported functions log their arguments and return a number made of them.</remarks>
public sealed partial class ReferenceInterpreter(WasmModule module, long fuel, uint memoryPagesMax)
{
    private readonly Dictionary<int, DecodedFunction> _functions = [];

    public long Fuel { get; private set; } = fuel;

    public byte[] Memory { get; private set; } = new byte[(module.Memories.IsEmpty ? 0 : module.Memories[0].Minimum) * 65_536];

    public Value[] Globals { get; } =
        [.. module.Globals.Select(global => global.Initializer as ConstantExpression.Number).Select(Start)];

    public List<string> Log { get; } = [];

    public Value[] Invoke(int index, ReadOnlySpan<Value> arguments)
    {
        FunctionDeclaration declaration = module.Functions[index];
        if (declaration.Body is null) return Host(Log, declaration.Type, arguments);
        if (!_functions.TryGetValue(index, out DecodedFunction? function))
        {
            _functions.Add(index, function = DecodedFunction.Of(module, declaration));
        }

        Charge(function.Weight);
        var stack = new Stack<Value>();
        Value[] locals = [.. declaration.Body.Locals.Select(Value.Default)];
        arguments.CopyTo(locals);
        Run(function, locals, stack);
        return PopMany(stack, declaration.Type.Results.Length);
    }

    /// <summary>What every imported function does, here and in the engine under test.</summary>
    public static Value[] Host(List<string> log, FunctionType type, ReadOnlySpan<Value> arguments)
    {
        string text = string.Join(", ", arguments.ToArray().Select(value => $"{value.Kind} {value.Bits:x}"));
        log.Add(text);
        ulong hash = (ulong)log.Count * 0x9E37_79B9_7F4A_7C15;
        return [.. type.Results.Select(kind => Value.FromBits(kind, kind is ValueKind.I32 ? hash >> 40 : hash >> 8))];
    }

    private static Value Start(ConstantExpression.Number? number) => Value.FromBits(number!.Kind, number.Bits);

    private void Charge(long amount)
    {
        Fuel -= amount;
        if (Fuel >= 0) return;
        Fuel = 0;
        throw new WasmTrapException(TrapKind.FuelExhausted);
    }

    private void Run(DecodedFunction function, Value[] locals, Stack<Value> stack)
    {
        var labels = new Stack<(int Continue, int Arity, int Height)>();
        labels.Push((function.Code.Length, function.Declaration.Type.Results.Length, 0));
        int next = 0;
        while (next < function.Code.Length)
        {
            Instruction instruction = function.Code[next++];
            switch (instruction.Opcode)
            {
                case Opcode.Nop: break;
                case Opcode.Unreachable: throw new WasmTrapException(TrapKind.Unreachable);
                case Opcode.Block:
                    labels.Push((instruction.End + 1, instruction.Type.Results.Length, HeightBelow(stack, instruction)));
                    break;
                case Opcode.Loop:
                    Charge(instruction.Weight);
                    labels.Push((next - 1, instruction.Type.Parameters.Length, HeightBelow(stack, instruction)));
                    break;
                case Opcode.If:
                    bool isTrue = stack.Pop().AsI32() != 0;
                    labels.Push((instruction.End + 1, instruction.Type.Results.Length, HeightBelow(stack, instruction)));
                    if (!isTrue) next = instruction.Else == instruction.End ? instruction.End : instruction.Else + 1;
                    break;
                case Opcode.Else: next = Branch(labels, stack, 0); break;
                case Opcode.End: labels.Pop(); break;
                case Opcode.Br: next = Branch(labels, stack, (int)instruction.Index); break;
                case Opcode.BrIf:
                    if (stack.Pop().AsI32() != 0) next = Branch(labels, stack, (int)instruction.Index);
                    break;
                case Opcode.BrTable:
                    uint chosen = Math.Min((uint)stack.Pop().AsI32(), (uint)instruction.Labels.Length - 1);
                    next = Branch(labels, stack, (int)instruction.Labels[chosen]);
                    break;
                case Opcode.Return: next = Branch(labels, stack, labels.Count - 1); break;
                default: Execute(instruction, locals, stack); break;
            }
        }
    }

    private static int HeightBelow(Stack<Value> stack, Instruction block) => stack.Count - block.Type.Parameters.Length;

    private static int Branch(Stack<(int Continue, int Arity, int Height)> labels, Stack<Value> stack, int depth)
    {
        for (; depth > 0; depth--) labels.Pop();
        (int target, int arity, int height) = labels.Pop();
        Value[] values = PopMany(stack, arity);
        while (stack.Count > height) stack.Pop();
        foreach (Value value in values) stack.Push(value);
        return target;
    }

    private static Value[] PopMany(Stack<Value> stack, int count)
    {
        var values = new Value[count];
        for (int i = count - 1; i >= 0; i--) values[i] = stack.Pop();
        return values;
    }

    private void Execute(Instruction instruction, Value[] locals, Stack<Value> stack)
    {
        int index = (int)instruction.Index;
        switch (instruction.Opcode)
        {
            case Opcode.Drop: stack.Pop(); break;
            case Opcode.Select:
                bool isFirst = stack.Pop().AsI32() != 0;
                Value second = stack.Pop();
                if (!isFirst)
                {
                    stack.Pop();
                    stack.Push(second);
                }

                break;
            case Opcode.LocalGet: stack.Push(locals[index]); break;
            case Opcode.LocalSet: locals[index] = stack.Pop(); break;
            case Opcode.LocalTee: locals[index] = stack.Peek(); break;
            case Opcode.GlobalGet: stack.Push(Globals[index]); break;
            case Opcode.GlobalSet: Globals[index] = stack.Pop(); break;
            case Opcode.Call: Call(index, stack); break;
            case Opcode.CallIndirect: CallIndirect(module.Types[index], stack); break;
            case Opcode.MemorySize: stack.Push(Value.FromI32(Memory.Length / 65_536)); break;
            case Opcode.MemoryGrow: stack.Push(Value.FromI32(Grow((uint)stack.Pop().AsI32()))); break;
            case >= Opcode.I32Load and <= Opcode.I64Load32U: Load(instruction, stack); break;
            case >= Opcode.I32Store and <= Opcode.I64Store32: Store(instruction, stack); break;
            case Opcode.I32Const: stack.Push(Value.FromBits(ValueKind.I32, instruction.Constant)); break;
            case Opcode.I64Const: stack.Push(Value.FromBits(ValueKind.I64, instruction.Constant)); break;
            case Opcode.F32Const: stack.Push(Value.FromBits(ValueKind.F32, instruction.Constant)); break;
            case Opcode.F64Const: stack.Push(Value.FromBits(ValueKind.F64, instruction.Constant)); break;
            default: Compute(instruction.Opcode, stack); break;
        }
    }

    private void Call(int index, Stack<Value> stack)
    {
        Value[] arguments = PopMany(stack, module.Functions[index].Type.Parameters.Length);
        foreach (Value result in Invoke(index, arguments)) stack.Push(result);
    }

    private void CallIndirect(FunctionType type, Stack<Value> stack)
    {
        uint index = (uint)stack.Pop().AsI32();
        if (index >= module.Tables[0].Minimum) throw new WasmTrapException(TrapKind.UndefinedElement);
        if (index >= (uint)module.Elements[0].Items.Length) throw new WasmTrapException(TrapKind.IndirectCallNull);
        int function = ((ConstantExpression.Function)module.Elements[0].Items[(int)index]).FunctionIndex;
        if (!module.Functions[function].Type.Equals(type))
        {
            throw new WasmTrapException(TrapKind.IndirectCallTypeMismatch);
        }

        Call(function, stack);
    }

    private int Grow(uint pages)
    {
        uint before = (uint)(Memory.Length / 65_536);
        ulong after = (ulong)before + pages;
        if (after > (module.Memories[0].Maximum ?? 65_536) || after > 65_536) return -1;
        if (after > memoryPagesMax) throw new WasmTrapException(TrapKind.MemoryLimitExceeded);
        byte[] grown = new byte[after * 65_536];
        Memory.CopyTo(grown, 0);
        Memory = grown;
        return (int)before;
    }

    private void Load(Instruction instruction, Stack<Value> stack)
    {
        ulong at = (uint)stack.Pop().AsI32() + (ulong)instruction.Offset;
        (int bytes, ValueKind kind) = AccessOf(instruction.Opcode);
        Span<byte> bits = stackalloc byte[8];
        Range(at, bytes).CopyTo(bits);
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bits);
        bool isSigned = instruction.Opcode is Opcode.I32Load8S or Opcode.I32Load16S or Opcode.I64Load8S or Opcode.I64Load16S
            or Opcode.I64Load32S;
        int unused = 64 - (8 * bytes);
        if (isSigned) value = (ulong)((long)(value << unused) >> unused);
        stack.Push(Value.FromBits(kind, value));
    }

    private void Store(Instruction instruction, Stack<Value> stack)
    {
        ulong value = stack.Pop().Bits;
        ulong at = (uint)stack.Pop().AsI32() + (ulong)instruction.Offset;
        (int bytes, _) = AccessOf(instruction.Opcode);
        Span<byte> bits = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bits, value);
        bits[..bytes].CopyTo(Range(at, bytes));
    }

    private Span<byte> Range(ulong at, int bytes) => at + (ulong)bytes <= (ulong)Memory.Length
        ? Memory.AsSpan((int)at, bytes)
        : throw new WasmTrapException(TrapKind.MemoryOutOfBounds);

    private static (int Bytes, ValueKind Kind) AccessOf(Opcode opcode) => opcode switch
    {
        Opcode.I32Load or Opcode.I32Store => (4, ValueKind.I32),
        Opcode.I64Load or Opcode.I64Store => (8, ValueKind.I64),
        Opcode.F32Load or Opcode.F32Store => (4, ValueKind.F32),
        Opcode.F64Load or Opcode.F64Store => (8, ValueKind.F64),
        Opcode.I32Load8S or Opcode.I32Load8U or Opcode.I32Store8 => (1, ValueKind.I32),
        Opcode.I32Load16S or Opcode.I32Load16U or Opcode.I32Store16 => (2, ValueKind.I32),
        Opcode.I64Load8S or Opcode.I64Load8U or Opcode.I64Store8 => (1, ValueKind.I64),
        Opcode.I64Load16S or Opcode.I64Load16U or Opcode.I64Store16 => (2, ValueKind.I64),
        _ => (4, ValueKind.I64),
    };
}
