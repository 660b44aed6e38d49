using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private void CheckInstruction()
    {
        Opcode opcode = _code.Opcode;
        if (opcode is >= Opcode.I32Eqz and <= Opcode.I64Extend32S
            or >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U)
        {
            CheckNumeric(opcode);
        }
        else if (opcode is >= Opcode.I32Load and <= Opcode.I64Store32) CheckMemoryAccess(opcode);
        else if (opcode <= Opcode.CallIndirect) CheckControl(opcode);
        else if (opcode >= Opcode.MemoryInit) CheckBulk(opcode);
        else CheckPlain(opcode);
    }

    private void CheckNumeric(Opcode opcode)
    {
        NumericSignature signature = NumericSignature.Of(opcode);
        if (signature.Arity == 2) Pop(signature.Operand);
        Pop(signature.Operand);
        Push(signature.Result);
    }

    private void CheckMemoryAccess(Opcode opcode)
    {
        RequireMemory();
        MemoryAccess access = MemoryAccess.Of(opcode);
        if (_code.Alignment > access.NaturalAlignment)
        {
            throw Invalid(
                $"alignment must not be larger than natural: {opcode.Text()} with 2^{_code.Alignment}, natural is "
                + $"2^{access.NaturalAlignment}");
        }

        if (MemoryAccess.IsStore(opcode)) Pop(access.Value);
        Pop(ValueKind.I32);
        if (!MemoryAccess.IsStore(opcode)) Push(access.Value);
    }

    private void CheckPlain(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Drop: Pop(); break;
            case Opcode.Select: CheckSelect(); break;
            case Opcode.SelectTyped: CheckTypedSelect(); break;
            case Opcode.LocalGet: Push(Local()); break;
            case Opcode.LocalSet: Pop(Local()); break;
            case Opcode.LocalTee:
                Pop(Local());
                Push(Local());
                break;
            case Opcode.GlobalGet: Push(Global().Kind); break;
            case Opcode.GlobalSet: CheckGlobalSet(); break;
            case Opcode.TableGet:
                ValueKind read = TableKind(_code.Index);
                Pop(ValueKind.I32);
                Push(read);
                break;
            case Opcode.TableSet:
                Pop(TableKind(_code.Index));
                Pop(ValueKind.I32);
                break;
            case Opcode.MemorySize:
                RequireMemory();
                Push(ValueKind.I32);
                break;
            case Opcode.MemoryGrow:
                RequireMemory();
                Pop(ValueKind.I32);
                Push(ValueKind.I32);
                break;
            case Opcode.I32Const: Push(ValueKind.I32); break;
            case Opcode.I64Const: Push(ValueKind.I64); break;
            case Opcode.F32Const: Push(ValueKind.F32); break;
            case Opcode.F64Const: Push(ValueKind.F64); break;
            case Opcode.RefNull: Push(_code.ReferenceKind); break;
            case Opcode.RefIsNull: CheckRefIsNull(); break;
            case Opcode.RefFunc: CheckRefFunc(); break;
            default: throw Invalid($"{opcode.Text()} has no validation rule");
        }
    }

    private void CheckSelect()
    {
        Pop(ValueKind.I32);
        ValueKind second = Pop();
        ValueKind first = Pop();
        if (IsReference(first)) throw Mismatch("numbers without a type", first.Text());
        if (IsReference(second)) throw Mismatch("numbers without a type", second.Text());
        if (first != second && first != OperandStack.Unknown && second != OperandStack.Unknown)
            throw Mismatch("two operands of one kind", $"{first.Text()} and {second.Text()}");
        Push(first == OperandStack.Unknown ? second : first);
    }

    private void CheckTypedSelect()
    {
        if (_code.Kinds.Length != 1)
            throw Invalid($"invalid result arity: select with {_code.Kinds.Length} types, it takes one");
        ValueKind kind = _code.Kinds[0];
        Pop(ValueKind.I32);
        Pop(kind);
        Pop(kind);
        Push(kind);
    }

    private void CheckGlobalSet()
    {
        GlobalDeclaration global = Global();
        if (!global.IsMutable) throw Invalid($"global is immutable: global.set {_code.Index}");
        Pop(global.Kind);
    }

    private void CheckRefIsNull()
    {
        ValueKind kind = Pop();
        if (kind != OperandStack.Unknown && !IsReference(kind)) throw Mismatch("a reference", kind.Text());
        Push(ValueKind.I32);
    }

    private void CheckRefFunc()
    {
        RequireFunction(_code.Index);
        if (!_referable[_code.Index])
        {
            throw Invalid(
                $"undeclared function reference: function {_code.Index} is in no export, global or element segment");
        }

        Push(ValueKind.FuncRef);
    }

    private static bool IsReference(ValueKind kind) => kind is ValueKind.FuncRef or ValueKind.ExternRef;

    private ValueKind Local() => _code.Index < (uint)_locals.Length
        ? _locals[(int)_code.Index]
        : throw Invalid($"unknown local {_code.Index}: the function has {_locals.Length}");

    private GlobalDeclaration Global() => _code.Index < (uint)_module.Globals.Count
        ? _module.Globals[(int)_code.Index].Value
        : throw Invalid($"unknown global {_code.Index}: the module has {_module.Globals.Count}");

    private ValueKind TableKind(uint table) => table < (uint)_module.Tables.Count
        ? _module.Tables[(int)table].Value.ElementKind
        : throw Invalid($"unknown table {table}: the module has {_module.Tables.Count}");

    private void RequireMemory()
    {
        if (_module.Memories.Count == 0) throw Invalid("unknown memory 0: the module has none");
    }

    private void RequireFunction(uint function)
    {
        if (function >= (uint)_module.Functions.Count)
            throw Invalid($"unknown function {function}: the module has {_module.Functions.Count}");
    }
}
