using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Validation;

namespace Interstice.Wasm.Compilation;

/// <content>Reading instructions into trees and statements.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Nop: break;
            case Opcode.Unreachable: EmitUnreachable(); break;
            case Opcode.Block or Opcode.Loop or Opcode.If: EmitBlockStart(opcode); break;
            case Opcode.Else: EmitElse(); break;
            case Opcode.End: EmitEnd(); break;
            case Opcode.Br: EmitBranch(BlockAt(_code.Index)); break;
            case Opcode.BrIf: EmitBranchIf(BlockAt(_code.Index)); break;
            case Opcode.BrTable: EmitBranchTable(); break;
            case Opcode.Return: EmitReturn(); break;
            case Opcode.Call: ReadCall((int)_code.Index); break;
            case Opcode.CallIndirect: ReadIndirectCall((int)_code.Index, (int)_code.SecondIndex); break;
            case Opcode.Drop: EmitDrop(Pop()); break;
            case Opcode.Select or Opcode.SelectTyped: EmitSelect(); break;
            case Opcode.LocalGet: Push(ReadLocal((int)_code.Index)); break;
            case Opcode.LocalSet: EmitLocalSet((int)_code.Index, Pop()); break;
            case Opcode.LocalTee:
                EmitLocalSet((int)_code.Index, Pop());
                Push(ReadLocal((int)_code.Index));
                break;
            case Opcode.GlobalGet: Push(ReadGlobal((int)_code.Index)); break;
            case Opcode.GlobalSet: EmitGlobalSet((int)_code.Index, Pop()); break;
            case >= Opcode.I32Load and <= Opcode.I64Load32U: ReadLoad(opcode); break;
            case >= Opcode.I32Store and <= Opcode.I64Store32: ReadStore(opcode); break;
            case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.RefNull:
                ReadConstant(opcode);
                break;
            case >= Opcode.I32Eqz and <= Opcode.I64Extend32S or >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U:
                ReadNumeric(opcode);
                break;
            default: ReadRuntimeCall(opcode); break;
        }
    }

    private void ReadNumeric(Opcode opcode)
    {
        NumericSignature signature = NumericSignature.Of(opcode);
        Node? right = signature.Arity == 2 ? Pop() : null;
        Node left = Pop();
        FloatQuality quality = FloatQuality.Canonical;
        bool isFloat = signature.Result is ValueKind.F32 or ValueKind.F64;
        if (isFloat && !FloatBits.IsConversion(opcode))
        {
            // The absolute value of a NaN whose bits mean nothing is one of the same sort; other moves must see real
            // bits.
            bool isOpen = FloatBits.IsArithmetic(opcode)
                || (opcode is Opcode.F32Abs or Opcode.F64Abs && left.Quality == FloatQuality.Arithmetic);
            quality = isOpen ? FloatQuality.Arithmetic : FloatQuality.Moved;
        }

        if (quality == FloatQuality.Moved || opcode is Opcode.I32ReinterpretF32 or Opcode.I64ReinterpretF64)
        {
            left = Canonical(left);
            if (right is not null) right = Canonical(right);
        }

        var node = new Node(opcode, signature.Result, left, right) { Quality = quality };
        if (CanTrap(opcode, right)) node.Effects |= Effects.TrapOther;
        Push(node);
    }

    private static bool CanTrap(Opcode opcode, Node? right) => opcode switch
    {
        >= Opcode.I32DivS and <= Opcode.I32RemU or >= Opcode.I64DivS and <= Opcode.I64RemU =>
            !right!.IsInteger(out long divisor) || divisor is 0 or -1,
        >= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U or >= Opcode.I64TruncF32S and <= Opcode.I64TruncF64U => true,
        _ => false,
    };

    private void ReadConstant(Opcode opcode)
    {
        ulong bits = _code.Constant;
        Push(opcode switch
        {
            Opcode.I32Const => new Node(opcode, ValueKind.I32) { Immediate = (int)bits },
            Opcode.I64Const => new Node(opcode, ValueKind.I64) { Immediate = (long)bits },
            Opcode.F32Const => new Node(opcode, ValueKind.F32)
            {
                Immediate = (long)bits,
                Quality = FloatBits.IsCanonical32((uint)bits) ? FloatQuality.Canonical : FloatQuality.Moved,
            },
            Opcode.F64Const => new Node(opcode, ValueKind.F64)
            {
                Immediate = (long)bits,
                Quality = FloatBits.IsCanonical64(bits) ? FloatQuality.Canonical : FloatQuality.Moved,
            },
            _ => new Node(opcode, _code.ReferenceKind),
        });
    }

    private Node ReadLocal(int local)
    {
        ValueKind kind = _body.Locals[local];
        bool isFloat = kind is ValueKind.F32 or ValueKind.F64;
        return new Node(Opcode.LocalGet, kind)
        {
            Immediate = local,
            Reads = BitOf(local),
            Quality = !isFloat ? FloatQuality.Canonical
                : HoldsMoved(local) ? FloatQuality.Moved
                : FloatQuality.Arithmetic,
        };
    }

    private void EmitLocalSet(int local, Node value)
    {
        Settle(value.Effects, BitOf(local));
        Emit(value);
        EmitStoreLocal(local);
        if (_scan.IsMoved(local)) NoteAssigned(local, value.Quality);
        NoteWritten(local, value);
    }

    private void EmitStoreLocal(int local)
    {
        if (IsParameter(local)) _il.EmitStoreArgument(local + 1);
        else _il.Emit(OpCodes.Stloc, LocalAt(local));
    }

    private Node ReadGlobal(int index)
    {
        GlobalDeclaration global = _module.Module.Globals[index];
        if (!global.IsMutable && global.Initializer is ConstantExpression.Number number)
        {
            Opcode constant = number.Kind switch
            {
                ValueKind.I32 => Opcode.I32Const,
                ValueKind.I64 => Opcode.I64Const,
                ValueKind.F32 => Opcode.F32Const,
                _ => Opcode.F64Const,
            };
            long bits = number.Kind == ValueKind.I32 ? (int)number.Bits : (long)number.Bits;
            return new Node(constant, number.Kind) { Immediate = bits, Quality = QualityOf(number.Kind) };
        }

        return new Node(Opcode.GlobalGet, global.Kind)
        {
            Immediate = index,
            Effects = global.IsMutable ? Effects.ReadGlobal : Effects.None,
            Quality = QualityOf(global.Kind),
        };
    }

    private void EmitGlobalSet(int index, Node value)
    {
        value = Canonical(value);
        Settle(Effects.WriteGlobal | value.Effects, 0);
        if (_module.GlobalFields[index] is { } field)
        {
            _il.Emit(OpCodes.Ldarg_0);
            Emit(value);
            _il.Emit(OpCodes.Stfld, field);
            return;
        }

        _il.Emit(OpCodes.Ldarg_0);
        EmitCellAddress(index, out _, out OpCode store);
        Emit(value);
        _il.Emit(store);
    }

    private void EmitDrop(Node value)
    {
        if (value.Effects is Effects.None or Effects.ReadMemory or Effects.ReadGlobal or Effects.ReadTable)
        {
            Release(value);
            return;
        }

        Settle(value.Effects, 0);
        Emit(value);
        _il.Emit(OpCodes.Pop);
    }

    // Becomes a conditional move: the first value is assigned, and overwritten by the second when the condition is 0.
    private void EmitSelect()
    {
        Node condition = Pop();
        Node second = Pop();
        Node first = Pop();
        bool isMoved = first.Quality == FloatQuality.Moved || second.Quality == FloatQuality.Moved;
        FloatQuality quality = isMoved ? FloatQuality.Moved
            : first.Quality == FloatQuality.Arithmetic ? FloatQuality.Arithmetic
            : second.Quality;
        if (isMoved) (first, second) = (Canonical(first), Canonical(second));
        Settle(first.Effects | second.Effects | condition.Effects, 0);
        LocalSlot result = TakeSlot(first.Kind);
        Emit(first);
        EmitStore(result);
        if (second.Effects != Effects.None || second.Height > 1) second = ToTemporary(second);
        Label chosen = _il.DefineLabel();
        EmitBranch(condition, chosen, whenTrue: true);
        Emit(second);
        EmitStore(result);
        _il.MarkLabel(chosen);
        Push(Temporary(result, quality));
    }

    private void ReadLoad(Opcode opcode)
    {
        Node address = Pop();
        ValueKind kind = MemoryAccess.Of(opcode).Value;
        var node = new Node(opcode, kind, address) { Offset = _code.MemoryOffset, Quality = QualityOf(kind) };
        node.Effects |= Effects.ReadMemory | Effects.TrapBounds;
        Push(node);
    }

    private void ReadStore(Opcode opcode)
    {
        Node value = Canonical(Pop());
        EmitStore(Pop(), _code.MemoryOffset, value, opcode);
    }
}
