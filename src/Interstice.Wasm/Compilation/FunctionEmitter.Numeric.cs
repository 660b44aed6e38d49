using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <content>Numeric instructions.</content>
internal sealed partial class FunctionEmitter
{
    private LocalBuilder? _zero;

    private void EmitNumeric(Node node)
    {
        EmitOperand(node, node.Left!);
        if (node.Right is not null)
        {
            if (TryEmitByConstant(node)) return;
            EmitOperand(node, node.Right);
        }

        foreach (NumericStep step in NumericCode.Of(node.Opcode)) step.Emit(_il);
    }

    // Inside a tree that is rotated as a whole nothing tests a value, so the zero is mixed in once, at its root.
    private void EmitOperand(Node parent, Node operand)
    {
        if (parent.IsRotated && !Rotation.Is(parent.Opcode)) EmitRaw(operand);
        else Emit(operand);
    }

    private void EmitZeroMixedIn(ValueKind kind)
    {
        _il.Emit(OpCodes.Ldloc, _zero!);
        if (kind == ValueKind.I32) _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Xor);
    }

    private void EmitZeroLocal()
    {
        _zero = DeclareLocal(typeof(long));
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, RuntimeMethods.Zero);
        _il.Emit(OpCodes.Stloc, _zero);
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
            case Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr:
                _il.EmitInt((int)value & (node.Kind == ValueKind.I64 ? 63 : 31));
                _il.Emit(OpCodes.Call, Rotation.MethodOf(node.Opcode));
                return true;
            default: return false;
        }

        _il.Emit(NumericCode.Plain(node.Opcode));
        return true;
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
