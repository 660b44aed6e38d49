using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Interstice.Kernel.Hashing;

namespace Interstice.Kernel.Tables;

/// <summary>Finds rows by their primary key while a table is replayed: nobody wants them in order until its end, and a hash
/// table answers in a fraction of the time that a tree takes.</summary>
/// <remarks>
/// As long as every key is greater than the one before, references are only noted: a table that is appended to needs no
/// more. The first other use enters them all. A slot holds 32 bits of the key's hash above the reference; open
/// addressing, at most half full. Keys that somebody chose to collide cost no more than <see cref="ProbesMax"/> looks each: then
/// <see cref="IsOverrun"/> says that a tree must take over.
/// </remarks>
/// <param name="keys">Computes the key of a row.</param>
internal sealed class PrimaryHash(EntryKeys keys)
{
    internal const int ProbesMax = 512;

    private const ulong Empty = ulong.MaxValue;
    private const int FirstSlots = 64;
    private const int SlotsMax = 1 << 30;

    private readonly List<uint> _order = [];
    private ulong[] _slots = [];
    private int _shift;
    private int _used;
    private byte[] _greatest = new byte[32];
    private int _greatestLength;
    private bool _namesEachRowOnce = true;

    /// <summary>Whether every key that was added was greater than all before.</summary>
    internal bool IsRising { get; private set; } = true;

    /// <summary>Whether too many keys have hashes that are too alike.</summary>
    internal bool IsOverrun { get; private set; }

    private bool IsHashed => _slots.Length > 0;

    /// <summary>The hash of a key, the same on every machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint HashOf(ReadOnlySpan<byte> key)
    {
        if (key.Length != sizeof(ulong)) return (uint)Xxh3.Hash128(key, seed: 0);
        ulong word = BinaryPrimitives.ReadUInt64BigEndian(key) * PackedBits.Golden;
        return (uint)((word ^ (word >> 29)) * PackedBits.Golden >> 32);
    }

    /// <summary>Enters a row.</summary>
    /// <returns><see langword="false"/>, and nothing is changed, if the key is there already.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> key, uint hash, uint reference)
    {
        bool isGreater = _greatestLength == 0 || key.SequenceCompareTo(_greatest.AsSpan(0, _greatestLength)) > 0;
        if (!IsRising || !isGreater)
        {
            Enter();
            if (Find(key, hash) != RowSource.NoRow) return false;
        }

        IsRising &= isGreater;
        if (IsRising) SetGreatest(key);
        if (_namesEachRowOnce) _order.Add(reference);
        if (IsHashed) Put(hash, reference);
        return true;
    }

    /// <summary>The row with a key, or <see cref="RowSource.NoRow"/>.</summary>
    internal uint Find(ReadOnlySpan<byte> key, uint hash)
    {
        Enter();
        for (int at = Home(hash); _slots[at] != Empty; at = Next(at))
            if ((uint)(_slots[at] >> 32) == hash && keys[(uint)_slots[at]].SequenceEqual(key)) return (uint)_slots[at];
        return RowSource.NoRow;
    }

    /// <summary>A row whose key has a hash and whose bytes are these, or <see cref="RowSource.NoRow"/>.</summary>
    internal uint FindRow(RowHeap rows, ReadOnlySpan<byte> row, uint hash)
    {
        Enter();
        for (int at = Home(hash); _slots[at] != Empty; at = Next(at))
            if ((uint)(_slots[at] >> 32) == hash && rows[(uint)_slots[at]].SequenceEqual(row)) return (uint)_slots[at];
        return RowSource.NoRow;
    }

    /// <summary>Takes a row out that is there.</summary>
    internal void Remove(uint hash, uint reference)
    {
        int at = SlotOf(hash, reference);
        ForgetOrder();
        _used--;

        // Those behind that would not be found over the gap move up into it.
        int gap = at;
        for (at = Next(at); _slots[at] != Empty; at = Next(at))
        {
            int home = Home((uint)(_slots[at] >> 32));
            if (((at - home) & (_slots.Length - 1)) < ((at - gap) & (_slots.Length - 1))) continue;
            _slots[gap] = _slots[at];
            gap = at;
        }

        _slots[gap] = Empty;
    }

    /// <summary>Gives a row that is there another reference.</summary>
    internal void Replace(uint hash, uint reference, uint other)
    {
        _slots[SlotOf(hash, reference)] = ((ulong)hash << 32) | other;
        ForgetOrder();
    }

    /// <summary>All rows; in the order of their keys if <paramref name="areInOrder"/>.</summary>
    internal ReadOnlySpan<uint> References(out bool areInOrder)
    {
        areInOrder = IsRising && _namesEachRowOnce;
        if (_namesEachRowOnce) return CollectionsMarshal.AsSpan(_order);

        // In the order in which they lie in memory.
        foreach (ulong slot in _slots)
            if (slot != Empty) _order.Add((uint)slot);
        _order.Sort();
        return CollectionsMarshal.AsSpan(_order);
    }

    /// <summary>Fetches the slot where a key would be, ahead of its use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Prefetch(uint hash)
    {
        if (!IsHashed || !Sse.IsSupported) return;
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), Home(hash))));
    }

    /// <summary>What probably is the row of a key, or <see cref="RowSource.NoRow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Guess(uint hash)
    {
        if (!IsHashed) return RowSource.NoRow;
        ulong slot = _slots[Home(hash)];
        return (uint)(slot >> 32) == hash ? (uint)slot : RowSource.NoRow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(uint hash) => (int)(hash >> _shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Next(int at) => (at + 1) & (_slots.Length - 1);

    private int SlotOf(uint hash, uint reference)
    {
        ulong wanted = ((ulong)hash << 32) | reference;
        int at = Home(hash);
        while (_slots[at] != wanted) at = Next(at);
        return at;
    }

    // Rows that went or moved give their references back: from here on the hash table alone says what is there.
    private void ForgetOrder()
    {
        if (!_namesEachRowOnce) return;
        _namesEachRowOnce = false;
        _order.Clear();
        _order.TrimExcess();
    }

    private void Enter()
    {
        if (IsHashed) return;
        Resize(FirstSlots);
        foreach (uint reference in CollectionsMarshal.AsSpan(_order)) Put(HashOf(keys[reference]), reference);
    }

    private void Put(uint hash, uint reference)
    {
        if (_used * 2 >= _slots.Length && _slots.Length < SlotsMax) Resize(_slots.Length * 2);
        IsOverrun |= _used * 2 >= _slots.Length;
        _used++;
        Place(((ulong)hash << 32) | reference);
    }

    private void Place(ulong slot)
    {
        int at = Home((uint)(slot >> 32));
        int probes = 0;
        for (; _slots[at] != Empty; at = Next(at)) probes++;
        _slots[at] = slot;
        IsOverrun |= probes > ProbesMax;
    }

    private void Resize(int slots)
    {
        ulong[] before = _slots;
        _slots = GC.AllocateUninitializedArray<ulong>(slots);
        _slots.AsSpan().Fill(Empty);
        _shift = 32 - int.Log2(slots);
        foreach (ulong slot in before)
            if (slot != Empty) Place(slot);
    }

    private void SetGreatest(ReadOnlySpan<byte> key)
    {
        if (_greatest.Length < key.Length) _greatest = new byte[key.Length * 2];
        key.CopyTo(_greatest);
        _greatestLength = key.Length;
    }
}
