using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <content>Turning trees into IL that leaves their value on the IL stack.</content>
internal sealed partial class FunctionEmitter
{
    private void Emit(Node node)
    {
        EmitRaw(node);
        if (node.IsRotated) EmitZeroMixedIn(node.Kind);
    }

    private void EmitRaw(Node node)
    {
        switch (node.Opcode)
        {
            case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.RefNull:
                EmitConstant(node);
                break;
            case Opcode.LocalGet: EmitLocalGet((int)node.Immediate); break;
            case PseudoOpcode.Temporary:
                _il.Emit(OpCodes.Ldloc, node.Slot!.Builder);
                Free(node.Slot);
                break;
            case PseudoOpcode.Slot: _il.Emit(OpCodes.Ldloc, node.Slot!.Builder); break;
            case PseudoOpcode.Canonical:
                Emit(node.Left!);
                EmitCanonical(node.Kind);
                break;
            case >= Opcode.I32Load and <= Opcode.I64Load32U: EmitLoad(node); break;
            case Opcode.GlobalGet: EmitGlobalGet((int)node.Immediate); break;
            case Opcode.Call: EmitCall(node); break;
            case Opcode.CallIndirect: EmitIndirectCall(node); break;
            case Opcode.RefIsNull:
                Emit(node.Left!);
                _il.Emit(OpCodes.Ldnull);
                _il.Emit(OpCodes.Ceq);
                break;
            case Opcode.MemorySize: EmitMemorySize(); break;
            case Opcode.MemoryGrow or Opcode.TableGet or Opcode.TableSize or Opcode.TableGrow or Opcode.RefFunc:
                EmitRuntimeCall(node);
                break;
            default: EmitNumeric(node); break;
        }
    }

    private void EmitConstant(Node node)
    {
        switch (node.Opcode)
        {
            case Opcode.I32Const: _il.EmitInt((int)node.Immediate); break;
            case Opcode.I64Const: EmitInt64(node.Immediate); break;
            case Opcode.RefNull: _il.Emit(OpCodes.Ldnull); break;
            case Opcode.F32Const when node.Quality == FloatQuality.Canonical && !float.IsNaN(Float32(node)):
                _il.Emit(OpCodes.Ldc_R4, Float32(node));
                break;
            case Opcode.F64Const when node.Quality == FloatQuality.Canonical && !double.IsNaN(Float64(node)):
                _il.Emit(OpCodes.Ldc_R8, Float64(node));
                break;
            default: EmitOpaqueConstant(node); break;
        }
    }

    // The just-in-time compiler quiets signalling NaN constants, so no NaN is shown to it as a constant.
    private void EmitOpaqueConstant(Node node)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, RuntimeMethods.OpaqueConstants);
        _il.EmitInt(_module.AddOpaqueConstant(node.Immediate) * sizeof(long));
        _il.Emit(OpCodes.Add);
        _il.Emit(node.Kind == ValueKind.F32 ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);
    }

    private void EmitInt64(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            _il.EmitInt((int)value);
            _il.Emit(OpCodes.Conv_I8);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I8, value);
        }
    }

    private void EmitLocalGet(int local)
    {
        if (IsParameter(local)) _il.EmitArgument(local + 1);
        else _il.Emit(OpCodes.Ldloc, LocalAt(local));
    }

    private void EmitGlobalGet(int index)
    {
        _il.Emit(OpCodes.Ldarg_0);
        if (_module.GlobalFields[index] is { } field)
        {
            _il.Emit(OpCodes.Ldfld, field);
            return;
        }

        EmitCellAddress(index, out OpCode load, out _);
        _il.Emit(load);
    }

    private void EmitCellAddress(int index, out OpCode load, out OpCode store)
    {
        ValueKind kind = _module.Module.Globals[index].Kind;
        bool isReference = kind is ValueKind.FuncRef or ValueKind.ExternRef;
        _il.Emit(OpCodes.Ldfld, _module.CellFields[index]!);
        _il.Emit(OpCodes.Ldflda, isReference ? RuntimeMethods.CellReference : RuntimeMethods.CellBits);
        (load, store) = kind switch
        {
            ValueKind.I32 => (OpCodes.Ldind_I4, OpCodes.Stind_I4),
            ValueKind.I64 => (OpCodes.Ldind_I8, OpCodes.Stind_I8),
            ValueKind.F32 => (OpCodes.Ldind_R4, OpCodes.Stind_R4),
            ValueKind.F64 => (OpCodes.Ldind_R8, OpCodes.Stind_R8),
            _ => (OpCodes.Ldind_Ref, OpCodes.Stind_Ref),
        };
    }

    /// <summary>Calls of the run time that yield a value: the instance, the operands, then the constant
    /// index.</summary>
    private void EmitRuntimeCall(Node node)
    {
        _il.Emit(OpCodes.Ldarg_0);
        if (node.Left is not null) Emit(node.Left);
        if (node.Right is not null) Emit(node.Right);
        if (node.Opcode != Opcode.MemoryGrow) _il.EmitInt((int)node.Immediate);
        _il.Emit(OpCodes.Call, RuntimeMethods.Of(node.Opcode));
        if (node.Opcode is Opcode.MemoryGrow or Opcode.TableGrow) EmitReload();
    }

    private static float Float32(Node node) => BitConverter.Int32BitsToSingle((int)node.Immediate);

    private static double Float64(Node node) => BitConverter.Int64BitsToDouble(node.Immediate);
}
