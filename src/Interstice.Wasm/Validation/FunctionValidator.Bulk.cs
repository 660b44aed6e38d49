using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private void CheckBulk(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemoryInit:
                RequireMemory();
                RequireDataSegment();
                PopRange();
                break;
            case Opcode.DataDrop: RequireDataSegment(); break;
            case Opcode.MemoryCopy or Opcode.MemoryFill:
                RequireMemory();
                PopRange();
                break;
            case Opcode.TableInit:
                CheckSameKind(TableKind(_code.SecondIndex), ElementKind());
                PopRange();
                break;
            case Opcode.ElemDrop: ElementKind(); break;
            case Opcode.TableCopy:
                CheckSameKind(TableKind(_code.Index), TableKind(_code.SecondIndex));
                PopRange();
                break;
            case Opcode.TableGrow:
                ValueKind grown = TableKind(_code.Index);
                Pop(ValueKind.I32);
                Pop(grown);
                Push(ValueKind.I32);
                break;
            case Opcode.TableSize:
                TableKind(_code.Index);
                Push(ValueKind.I32);
                break;
            case Opcode.TableFill:
                ValueKind filled = TableKind(_code.Index);
                Pop(ValueKind.I32);
                Pop(filled);
                Pop(ValueKind.I32);
                break;
            default: throw Invalid($"{opcode.Text()} has no validation rule");
        }
    }

    /// <summary>Destination, source or value, and length.</summary>
    private void PopRange()
    {
        Pop(ValueKind.I32);
        Pop(ValueKind.I32);
        Pop(ValueKind.I32);
    }

    private void CheckSameKind(ValueKind destination, ValueKind source)
    {
        if (destination != source) throw Mismatch($"references of kind {destination.Text()}", source.Text());
    }

    private ValueKind ElementKind() => _code.Index < (uint)_module.Elements.Count
        ? _module.Elements[(int)_code.Index].Kind
        : throw Invalid($"unknown elem segment {_code.Index}: the module has {_module.Elements.Count}");

    private void RequireDataSegment()
    {
        if (_code.Index >= (uint)_module.Data.Count)
            throw Invalid($"unknown data segment {_code.Index}: the module has {_module.Data.Count}");
    }
}
