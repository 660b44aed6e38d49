namespace Interstice.Wasm.Binary;

internal sealed partial class ModuleDecoder
{
    private void ReadElements()
    {
        int count = ReadCount(
            "element segments", 0, _limits.ElementSegmentsMax, nameof(_limits.ElementSegmentsMax));
        for (int i = 0; i < count; i++) _draft.Elements.Add(ReadElement());
    }

    /// <summary>Reads one segment. Of its leading number, bit 0 says passive or declarative, bit 1 an explicit table
    /// (active) or declarative, bit 2 expressions in place of function indices.</summary>
    private ElementDraft ReadElement()
    {
        int at = _reader.Position;
        uint flags = _reader.ReadUInt32();
        if (flags > 7) throw WasmFormatException.Malformed(at, $"malformed elements segment kind {flags}");
        SegmentMode mode = (flags & 1) == 0
            ? SegmentMode.Active
            : (flags & 2) == 0 ? SegmentMode.Passive : SegmentMode.Declarative;
        bool isExpressions = (flags & 4) != 0;
        uint table = mode == SegmentMode.Active && (flags & 2) != 0 ? _reader.ReadUInt32() : 0;
        int offset = mode == SegmentMode.Active ? ScanExpression() : 0;
        ValueKind kind = ValueKind.FuncRef;
        if ((flags & 3) != 0)
        {
            if (isExpressions) kind = TypeReader.ReadReferenceKind(_reader);
            else ReadElementKind();
        }

        return new ElementDraft(mode, kind, table, offset, ReadItems(isExpressions), at);
    }

    private void ReadElementKind()
    {
        int at = _reader.Position;
        byte kind = _reader.ReadByte();
        if (kind != 0) throw WasmFormatException.Malformed(at, $"malformed element kind {kind}");
    }

    private ItemDraft[] ReadItems(bool isExpressions)
    {
        int at = _reader.Position;
        int count = _reader.ReadCount();
        _elements += count;
        CheckLimit(at, "elements", _elements, _limits.ElementsMax, nameof(_limits.ElementsMax));
        var items = new ItemDraft[count];
        for (int i = 0; i < count; i++)
        {
            int itemAt = _reader.Position;
            items[i] = isExpressions
                ? new ItemDraft(0, ScanExpression(), IsExpression: true)
                : new ItemDraft(_reader.ReadUInt32(), itemAt, IsExpression: false);
        }

        return items;
    }

    private void ReadDataCount()
    {
        int at = _reader.Position;
        uint count = _reader.ReadUInt32();
        CheckLimit(at, "data segments", count, _limits.DataSegmentsMax, nameof(_limits.DataSegmentsMax));
        _declaredDataSegments = (int)count;
    }

    private void ReadData()
    {
        int count = ReadCount("data segments", 0, _limits.DataSegmentsMax, nameof(_limits.DataSegmentsMax));
        for (int i = 0; i < count; i++) _draft.Data.Add(ReadDataSegment());
    }

    private DataDraft ReadDataSegment()
    {
        int at = _reader.Position;
        uint flags = _reader.ReadUInt32();
        if (flags > 2) throw WasmFormatException.Malformed(at, $"malformed data segment kind {flags}");
        SegmentMode mode = flags == 1 ? SegmentMode.Passive : SegmentMode.Active;
        uint memory = flags == 2 ? _reader.ReadUInt32() : 0;
        int offset = mode == SegmentMode.Active ? ScanExpression() : 0;
        int length = _reader.ReadCount();
        int dataOffset = _reader.Position;
        _dataBytes += length;
        CheckLimit(dataOffset, "data bytes", _dataBytes, _limits.DataBytesMax, nameof(_limits.DataBytesMax));
        _reader.Skip(length);
        return new DataDraft(mode, memory, offset, dataOffset, length, at);
    }
}
