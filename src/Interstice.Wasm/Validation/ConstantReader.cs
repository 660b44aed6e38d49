using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>Validates constant expressions (core specification 3.3.10) and reduces them to their closed
/// forms.</summary>
/// <param name="draft">The module.</param>
/// <param name="referable">Set for each function that an expression names: bodies may refer to it then.</param>
internal sealed class ConstantReader(ModuleDraft draft, bool[] referable)
{
    private static readonly ConstantExpression.Null NullFunction = new(ValueKind.FuncRef);
    private static readonly ConstantExpression.Null NullExtern = new(ValueKind.ExternRef);

    private readonly CodeReader _code = new(draft.Bytes, 0, 0, draft.Limits);
    private readonly ConstantExpression.Function?[] _references = new ConstantExpression.Function?[referable.Length];

    /// <summary>Reads the expression at <paramref name="offset"/>, which must leave one value of that kind.</summary>
    public ConstantExpression Read(int offset, ValueKind expected)
    {
        CodeReader code = _code;
        code.Restart(offset, draft.Bytes.Length - offset);
        ConstantExpression? value = null;
        ValueKind found = default;
        int count = 0;
        while (code.Read() && code.Opcode != Opcode.End)
        {
            value = Reduce(code, out found);
            count++;
        }

        if (count == 1 && found == expected) return value!;
        string stack = count == 1 ? found.Text() : $"{count} values";
        throw WasmFormatException.Invalid(
            offset, $"type mismatch in a constant expression: expected {expected.Text()}, found {stack}");
    }

    /// <summary>A reference to a function by index.</summary>
    public ConstantExpression Reference(uint function, int offset)
    {
        if (function >= (uint)referable.Length)
            throw WasmFormatException.Invalid(offset, $"unknown function {function}");
        referable[function] = true;
        return _references[function] ??= new ConstantExpression.Function((int)function);
    }

    private ConstantExpression Reduce(CodeReader code, out ValueKind kind)
    {
        switch (code.Opcode)
        {
            case Opcode.I32Const: return Number(kind = ValueKind.I32, code);
            case Opcode.I64Const: return Number(kind = ValueKind.I64, code);
            case Opcode.F32Const: return Number(kind = ValueKind.F32, code);
            case Opcode.F64Const: return Number(kind = ValueKind.F64, code);
            case Opcode.RefNull: return (kind = code.ReferenceKind) == ValueKind.FuncRef ? NullFunction : NullExtern;
            case Opcode.RefFunc:
                kind = ValueKind.FuncRef;
                return Reference(code.Index, code.Offset);
            case Opcode.GlobalGet: return Global(code, out kind);
            case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                throw Proposals.Refuse(Proposals.ExtendedConstants, code.Offset, "constant expression required");
            default:
                throw WasmFormatException.Invalid(
                    code.Offset, $"constant expression required: {code.Opcode.Text()} is not constant");
        }
    }

    private static ConstantExpression.Number Number(ValueKind kind, CodeReader code) => new(kind, code.Constant);

    private ConstantExpression.Global Global(CodeReader code, out ValueKind kind)
    {
        if (code.Index >= (uint)draft.ImportedGlobalCount)
        {
            throw WasmFormatException.Invalid(
                code.Offset, $"unknown global {code.Index}: a constant expression may only name imported globals");
        }

        GlobalDeclaration global = draft.Globals[(int)code.Index].Value;
        if (global.IsMutable)
        {
            throw WasmFormatException.Invalid(
                code.Offset, $"constant expression required: global {code.Index} is mutable");
        }

        kind = global.Kind;
        return new ConstantExpression.Global((int)code.Index);
    }
}
