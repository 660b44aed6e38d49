namespace Interstice.Wasm.Execution;

/// <summary>The data and element segments of an instance: which are dropped, and what the element segments
/// hold.</summary>
internal sealed class Segments(int dataCount, object?[][] elements)
{
    private readonly bool[] _droppedData = new bool[dataCount];
    private readonly bool[] _droppedElements = new bool[elements.Length];
    private bool[]? _imageData;
    private bool[]? _imageElements;

    /// <summary>Whether a data segment has been dropped and counts as empty.</summary>
    internal bool IsDataDropped(int index) => _droppedData[index];

    /// <summary>Drops a data segment.</summary>
    internal void DropData(int index) => _droppedData[index] = true;

    /// <summary>The references of an element segment; none once it has been dropped.</summary>
    internal ReadOnlySpan<object?> Elements(int index) => _droppedElements[index] ? [] : elements[index];

    /// <summary>Drops an element segment.</summary>
    internal void DropElements(int index) => _droppedElements[index] = true;

    /// <summary>Remembers which are dropped.</summary>
    internal void CaptureImage() => (_imageData, _imageElements) = ([.. _droppedData], [.. _droppedElements]);

    /// <summary>Brings back what has been dropped since.</summary>
    internal void RestoreImage()
    {
        _imageData?.CopyTo(_droppedData.AsSpan());
        _imageElements?.CopyTo(_droppedElements.AsSpan());
    }
}
