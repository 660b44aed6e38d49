using System.Runtime.InteropServices;
using Interstice.Kernel.Hashing;

namespace Interstice.Kernel.Mutations;

/// <summary>Numbers keys as they come: 0 for the first. Forgets all of them at no cost and keeps its memory.</summary>
/// <remarks>Open addressing with linear probing, at most half full. A slot counts only if it bears the current generation.</remarks>
internal sealed class ByteKeyMap
{
    private const int SlotsMin = 64;
    private const int SlotsKept = 1 << 16;
    private const int BytesKept = 1 << 20;

    private readonly List<Key> _keys = [];
    private Slot[] _slots = new Slot[SlotsMin];
    private byte[] _bytes = new byte[1024];
    private int _length;
    private int _generation = 1;

    /// <summary>How many keys there are.</summary>
    internal int Count => _keys.Count;

    /// <summary>Bytes of all keys.</summary>
    internal int Length => _length;

    /// <summary>Bytes of memory held, used or not.</summary>
    internal long MemoryBytes => _bytes.Length + (_slots.Length * 24L) + (_keys.Capacity * 24L);

    /// <summary>The bytes of a key; borrowed until the next is added.</summary>
    internal ReadOnlySpan<byte> this[int number] => _bytes.AsSpan(_keys[number].Offset, _keys[number].Length);

    /// <summary>Forgets all keys.</summary>
    internal void Clear()
    {
        _keys.Clear();
        _length = 0;
        if (_bytes.Length > BytesKept) _bytes = new byte[BytesKept];
        if (_slots.Length > SlotsKept || _generation == int.MaxValue)
        {
            _slots = new Slot[SlotsMin];
            _generation = 0;
        }

        _generation++;
    }

    /// <summary>The number of a key, or -1.</summary>
    internal int Find(int scope, ReadOnlySpan<byte> key) => _keys.Count == 0 ? -1 : Find(scope, key, Hash(scope, key), out _);

    /// <summary>The number of a key, which is added if it is new.</summary>
    internal int FindOrAdd(int scope, ReadOnlySpan<byte> key, out bool isNew)
    {
        ulong hash = Hash(scope, key);
        int found = Find(scope, key, hash, out int slot);
        isNew = found < 0;
        if (!isNew) return found;
        int number = _keys.Count;
        _keys.Add(new Key(hash, scope, Append(key), key.Length));
        _slots[slot] = new Slot(hash, number, _generation);
        if (_keys.Count * 2 > _slots.Length) Grow();
        return number;
    }

    private int Find(int scope, ReadOnlySpan<byte> key, ulong hash, out int slot)
    {
        int mask = _slots.Length - 1;
        for (slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            ref readonly Slot found = ref _slots[slot];
            if (found.Generation != _generation) return -1;
            if (found.Hash != hash) continue;
            ref readonly Key candidate = ref CollectionsMarshal.AsSpan(_keys)[found.Number];
            if (candidate.Scope == scope && _bytes.AsSpan(candidate.Offset, candidate.Length).SequenceEqual(key)) return found.Number;
        }
    }

    private int Append(ReadOnlySpan<byte> key)
    {
        int offset = _length;
        if (key.Length > _bytes.Length - offset) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, checked(offset + key.Length)));
        key.CopyTo(_bytes.AsSpan(offset));
        _length += key.Length;
        return offset;
    }

    private void Grow()
    {
        var slots = new Slot[_slots.Length * 2];
        int mask = slots.Length - 1;
        for (int number = 0; number < _keys.Count; number++)
        {
            ulong hash = _keys[number].Hash;
            int slot = (int)hash & mask;
            while (slots[slot].Generation == _generation) slot = (slot + 1) & mask;
            slots[slot] = new Slot(hash, number, _generation);
        }

        _slots = slots;
    }

    private static ulong Hash(int scope, ReadOnlySpan<byte> key) => (ulong)Xxh3.Hash128(key, (ulong)scope);

    private readonly record struct Key(ulong Hash, int Scope, int Offset, int Length);

    private readonly record struct Slot(ulong Hash, int Number, int Generation);
}
