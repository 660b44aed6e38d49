namespace Interstice.Kernel.Mutations;

/// <summary>Maps committed rows to the overlay's entries that stand in for them. Forgets all at no cost and keeps its memory.</summary>
/// <remarks>Open addressing with linear probing, at most half full. A slot counts only if it bears the current generation.</remarks>
internal sealed class ReferenceMap
{
    private const int SlotsMin = 64;
    private const int SlotsKept = 1 << 16;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private Slot[] _slots = new Slot[SlotsMin];
    private int _shift = 58;
    private int _count;
    private int _generation = 1;

    internal void Clear()
    {
        _count = 0;
        if (_slots.Length > SlotsKept || _generation == int.MaxValue)
        {
            _slots = new Slot[SlotsMin];
            _shift = 58;
            _generation = 0;
        }

        _generation++;
    }

    /// <summary>The entry of a row, or -1.</summary>
    internal int Find(int table, uint reference)
    {
        if (_count == 0) return -1;
        ulong key = Key(table, reference);
        ref readonly Slot slot = ref _slots[SlotOf(key)];
        return slot.Generation == _generation ? slot.Entry : -1;
    }

    internal void Set(int table, uint reference, int entry)
    {
        ulong key = Key(table, reference);
        ref Slot slot = ref _slots[SlotOf(key)];
        if (slot.Generation != _generation) _count++;
        slot = new Slot(key, entry, _generation);
        if (_count * 2 > _slots.Length) Grow();
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        _shift--;
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (slot.Generation == _generation) _slots[SlotOf(slot.Key)] = slot;
        }
    }

    private int SlotOf(ulong key)
    {
        int mask = _slots.Length - 1;
        int slot = (int)((key * Multiplier) >> _shift);
        while (_slots[slot].Generation == _generation && _slots[slot].Key != key) slot = (slot + 1) & mask;
        return slot;
    }

    private static ulong Key(int table, uint reference) => ((ulong)(uint)table << 32) | reference;

    private readonly record struct Slot(ulong Key, int Entry, int Generation);
}
