using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <content>Numeric instructions.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitNumeric(Node node)
    {
        if (RotationCode.IsRotation(node.Opcode))
        {
            EmitRotationAsSum(node);
            return;
        }

        Emit(node.Left!);
        if (node.Right is not null)
        {
            if (TryEmitByConstant(node)) return;
            Emit(node.Right);
        }

        foreach (NumericStep step in NumericCode.Of(node.Opcode)) step.Emit(_il);
    }

    // Shift counts and divisors are constants more often than not, and then need no masking and no check.
    private bool TryEmitByConstant(Node node)
    {
        if (!node.Right!.IsInteger(out long value)) return false;
        switch (node.Opcode)
        {
            case Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU: _il.EmitInt((int)value & 31); break;
            case Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU: _il.EmitInt((int)value & 63); break;
            case Opcode.I32DivS or Opcode.I32RemS or Opcode.I64DivS or Opcode.I64RemS when value is not (0 or -1):
                Emit(node.Right);
                break;
            default: return false;
        }

        _il.Emit(NumericCode.Plain(node.Opcode));
        return true;
    }

    private void EmitRotationAsSum(Node node)
    {
        LocalSlot value = TakeSlot(node.Kind);
        Emit(node.Left!);
        EmitStore(value);
        if (node.Right!.IsInteger(out long count))
        {
            RotationCode.EmitSum(_il, node.Opcode, value, (int)count);
        }
        else
        {
            LocalSlot counted = TakeSlot(ValueKind.I32);
            Emit(node.Right);
            if (node.Kind == ValueKind.I64) _il.Emit(OpCodes.Conv_I4);
            EmitStore(counted);
            RotationCode.EmitSum(_il, node.Opcode, value, counted);
            Free(counted);
        }

        Free(value);
    }

    /// <summary>Branches on a condition; the IL stack is empty before and after.</summary>
    private void EmitBranch(Node condition, Label target, bool whenTrue)
    {
        while (condition.Opcode == Opcode.I32Eqz)
        {
            condition = condition.Left!;
            whenTrue = !whenTrue;
        }

        if (NumericCode.BranchOf(condition.Opcode, whenTrue) is { } branch)
        {
            Emit(condition.Left!);
            Emit(condition.Right!);
            _il.Emit(branch, target);
            return;
        }

        if (condition.Opcode == Opcode.I64Eqz)
        {
            condition = condition.Left!;
            whenTrue = !whenTrue;
        }

        Emit(condition);
        _il.Emit(whenTrue ? OpCodes.Brtrue : OpCodes.Brfalse, target);
    }
}
