namespace Interstice.Journal.Index;

/// <summary>What the names of one segment stand for, by code. One thread adds; any thread reads the codes of frames that were
/// published after the code was added.</summary>
internal sealed class NameTable<T>
    where T : class
{
    private T[] _items = new T[4];
    private int _count;

    public int Count => _count;

    public T? this[ulong code]
    {
        get
        {
            T[] items = Volatile.Read(ref _items);
            return code < (ulong)items.Length ? items[code] : null;
        }
    }

    /// <summary>Adds an item and gives its code.</summary>
    public int Add(T item)
    {
        T[] items = _items;
        if (_count == items.Length)
        {
            Array.Resize(ref items, _count * 2);
            Volatile.Write(ref _items, items);
        }

        items[_count] = item;
        return _count++;
    }

    /// <summary>Takes the items out that were added last. Nobody else may read meanwhile.</summary>
    /// <param name="count">How many stay.</param>
    public void CutTo(int count)
    {
        Array.Clear(_items, count, _count - count);
        _count = count;
    }
}
