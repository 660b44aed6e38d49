using System.Collections.Immutable;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private void CheckControl(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Unreachable: SetUnreachable(); break;
            case Opcode.Nop: break;
            case Opcode.Block or Opcode.Loop: OpenBlock(opcode); break;
            case Opcode.If:
                FunctionType type = BlockTypeOf();
                Pop(ValueKind.I32);
                OpenBlock(opcode, type);
                break;
            case Opcode.Else: CheckElse(); break;
            case Opcode.End: CheckEnd(); break;
            case Opcode.Br:
                Pop(Label(_code.Index));
                SetUnreachable();
                break;
            case Opcode.BrIf:
                ImmutableArray<ValueKind> kinds = Label(_code.Index);
                Pop(ValueKind.I32);
                Pop(kinds);
                Push(kinds);
                break;
            case Opcode.BrTable: CheckBranchTable(); break;
            case Opcode.Return:
                Pop(_frames[0].Type.Results);
                SetUnreachable();
                break;
            case Opcode.Call:
                RequireFunction(_code.Index);
                CheckCall(_module.Types[(int)_module.Functions[(int)_code.Index].Value]);
                break;
            default: CheckIndirectCall(); break;
        }
    }

    private void OpenBlock(Opcode opcode) => OpenBlock(opcode, BlockTypeOf());

    private void OpenBlock(Opcode opcode, FunctionType type)
    {
        Pop(type.Parameters);
        PushFrame(opcode, type);
        Push(type.Parameters);
    }

    private void CheckElse()
    {
        ControlFrame frame = PopFrame();
        PushFrame(Opcode.Else, frame.Type);
        Push(frame.Type.Parameters);
    }

    private void CheckEnd()
    {
        ControlFrame frame = PopFrame();
        if (frame.Opcode == Opcode.If && !frame.Type.Parameters.AsSpan().SequenceEqual(frame.Type.Results.AsSpan()))
        {
            throw Invalid(
                $"type mismatch: an if without else must leave what it takes, its type is {frame.Type}");
        }

        if (_frameCount > 0) Push(frame.Type.Results);
    }

    /// <summary>Every label must take the same number of operands as the default, and the kinds that are
    /// there.</summary>
    private void CheckBranchTable()
    {
        Pop(ValueKind.I32);
        ReadOnlySpan<uint> labels = _code.Labels;
        ImmutableArray<ValueKind> byDefault = Label(labels[^1]);
        foreach (uint label in labels)
        {
            ImmutableArray<ValueKind> kinds = Label(label);
            ref ControlFrame frame = ref _frames[_frameCount - 1 - (int)label];

            // A table may name the same label thousands of times; once is enough.
            if (frame.CheckedBranchTable == _code.Offset) continue;
            frame.CheckedBranchTable = _code.Offset;
            if (kinds.Length != byDefault.Length)
                throw Mismatch($"{byDefault.Length} operands as its default label", $"{kinds.Length} of label {label}");
            CheckTop(kinds);
        }

        SetUnreachable();
    }

    private void CheckIndirectCall()
    {
        ValueKind kind = TableKind(_code.SecondIndex);
        if (kind != ValueKind.FuncRef) throw Mismatch("a table of funcref", $"one of {kind.Text()}");
        CheckCall(TypeAt(_code.Index));
    }

    private void CheckCall(FunctionType type)
    {
        if (_code.Opcode == Opcode.CallIndirect) Pop(ValueKind.I32);
        Pop(type.Parameters);
        Push(type.Results);
    }

    private ImmutableArray<ValueKind> Label(uint label) => label < (uint)_frameCount
        ? _frames[_frameCount - 1 - (int)label].LabelKinds
        : throw Invalid($"unknown label {label}: {_frameCount} blocks are open");

    private FunctionType BlockTypeOf()
    {
        BlockType block = _code.BlockType;
        return block.TypeIndex < 0 ? block.Resolve(_module.Types) : TypeAt((uint)block.TypeIndex);
    }

    private FunctionType TypeAt(uint type) => type < (uint)_module.Types.Count
        ? _module.Types[(int)type]
        : throw Invalid($"unknown type {type}: the module has {_module.Types.Count}");
}
