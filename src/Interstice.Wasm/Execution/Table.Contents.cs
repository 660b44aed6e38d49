namespace Interstice.Wasm.Execution;

/// <content>What table instructions do, the views, and the image.</content>
public sealed partial class Table
{
    /// <summary>Reads one entry.</summary>
    internal object? Get(uint index)
    {
        if (index >= Length) throw OutOfBounds(index, 1, Length);
        return _items[index];
    }

    /// <summary>Writes one entry.</summary>
    internal void Set(uint index, object? value)
    {
        if (index >= Length) throw OutOfBounds(index, 1, Length);
        _items[index] = value;
        Written(index, 1);
    }

    /// <summary>Grows by entries of one value; -1 past the type's maximum.</summary>
    internal int Grow(uint entries, object? value)
    {
        uint before = Length;
        ulong after = (ulong)before + entries;
        if (after > (Maximum ?? uint.MaxValue)) return -1;
        if (after > _entriesCap) throw LimitExceeded(after);
        if (entries == 0) return (int)before;
        if (after > (ulong)_items.Length)
        {
            ulong capacity = Math.Min(Math.Max(after, 2 * (ulong)_items.Length), _entriesCap);
            Array.Resize(ref _items, (int)capacity);
        }

        Length = (uint)after;
        Array.Fill(_items, value, (int)before, (int)entries);
        Written(before, entries);
        return (int)before;
    }

    /// <summary>Writes one value to a range.</summary>
    internal void Fill(uint index, object? value, uint count)
    {
        if ((ulong)index + count > Length) throw OutOfBounds(index, count, Length);
        Array.Fill(_items, value, (int)index, (int)count);
        Written(index, count);
    }

    /// <summary>Copies a range of another table, or of this one.</summary>
    internal void CopyFrom(Table source, uint index, uint sourceIndex, uint count)
    {
        if ((ulong)sourceIndex + count > source.Length) throw OutOfBounds(sourceIndex, count, source.Length);
        if ((ulong)index + count > Length) throw OutOfBounds(index, count, Length);
        Array.Copy(source._items, sourceIndex, _items, index, count);
        Written(index, count);
    }

    /// <summary>Copies a range of an element segment.</summary>
    internal void CopyFrom(ReadOnlySpan<object?> segment, uint index, uint sourceIndex, uint count)
    {
        if ((ulong)sourceIndex + count > (ulong)segment.Length)
        {
            throw OutOfBounds(sourceIndex, count, (uint)segment.Length);
        }

        if ((ulong)index + count > Length) throw OutOfBounds(index, count, Length);
        segment.Slice((int)sourceIndex, (int)count).CopyTo(_items.AsSpan((int)index));
        Written(index, count);
    }

    /// <summary>Adds the view of an instance.</summary>
    internal void Attach(GuestState owner, int tableIndex)
    {
        var view = new TableView(owner, tableIndex);
        _views.Add(view);
        view.Update(_items, Length, 0, Length);
    }

    /// <summary>Drops the views of an instance.</summary>
    internal void Detach(GuestState owner) => _views.RemoveAll(view => ReferenceEquals(view.Owner, owner));

    /// <summary>Remembers the contents.</summary>
    internal void CaptureImage()
    {
        _image = _items.AsSpan(0, (int)Length).ToArray();
        _isDirty = false;
    }

    /// <summary>Sets the contents back to the remembered ones; costs nothing when the table was not written.</summary>
    internal void RestoreImage()
    {
        if (_image is null || !_isDirty) return;
        Length = (uint)_image.Length;
        _image.CopyTo(_items.AsSpan());
        Array.Clear(_items, _image.Length, _items.Length - _image.Length);
        Written(0, Length);
        _isDirty = false;
    }

    private void Written(uint from, uint count)
    {
        _isDirty = true;
        foreach (TableView view in _views) view.Update(_items, Length, from, count);
    }

    private WasmTrapException LimitExceeded(ulong entries) =>
        new(TrapKind.TableLimitExceeded, $"{entries} entries needed, {_entriesCap} allowed");

    private static WasmTrapException OutOfBounds(uint index, uint count, uint length) =>
        new(TrapKind.TableOutOfBounds, $"{count} entries at index {index} of {length}");
}
