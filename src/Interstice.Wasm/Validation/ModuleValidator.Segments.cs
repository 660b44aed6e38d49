using System.Collections.Immutable;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

internal sealed partial class ModuleValidator
{
    private ImmutableArray<ElementSegment> ReadElements()
    {
        var segments = ImmutableArray.CreateBuilder<ElementSegment>(_draft.Elements.Count);
        foreach (ElementDraft element in _draft.Elements)
        {
            var items = ImmutableArray.CreateBuilder<ConstantExpression>(element.Items.Length);
            foreach (ItemDraft item in element.Items)
            {
                items.Add(
                    item.IsExpression
                        ? _constants.Read(item.Offset, element.Kind)
                        : _constants.Reference(item.FunctionIndex, item.Offset));
            }

            ConstantExpression? offset = null;
            if (element.Mode == SegmentMode.Active)
            {
                CheckTableOf(element);
                offset = _constants.Read(element.OffsetExpression, ValueKind.I32);
            }

            segments.Add(
                new ElementSegment(
                    element.Mode, element.Kind, (int)element.TableIndex, offset, items.MoveToImmutable()));
        }

        return segments.MoveToImmutable();
    }

    private void CheckTableOf(ElementDraft element)
    {
        if (element.TableIndex >= (uint)_draft.Tables.Count)
            throw WasmFormatException.Invalid(element.Offset, $"unknown table {element.TableIndex}");
        ValueKind expected = _draft.Tables[(int)element.TableIndex].Value.ElementKind;
        if (element.Kind != expected)
        {
            throw WasmFormatException.Invalid(
                element.Offset,
                $"type mismatch: table {element.TableIndex} holds {expected.Text()}, "
                + $"the element segment {element.Kind.Text()}");
        }
    }

    private ImmutableArray<DataSegment> ReadData()
    {
        var segments = ImmutableArray.CreateBuilder<DataSegment>(_draft.Data.Count);
        foreach (DataDraft data in _draft.Data)
        {
            ConstantExpression? offset = null;
            if (data.Mode == SegmentMode.Active)
            {
                if (data.MemoryIndex >= (uint)_draft.Memories.Count)
                    throw WasmFormatException.Invalid(data.Offset, $"unknown memory {data.MemoryIndex}");
                offset = _constants.Read(data.OffsetExpression, ValueKind.I32);
            }

            segments.Add(new DataSegment(data.Mode, offset, data.DataOffset, data.DataLength));
        }

        return segments.MoveToImmutable();
    }
}
