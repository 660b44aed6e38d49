using System.Buffers;
using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <content>Inserting many entries at once, in the order of their keys: neighbours go into the same leaf, which is then in the
/// cache, and the way down is walked once for all that belong to a leaf.</content>
internal sealed partial class BTree<THead>
{
    private const int RadixCountMin = 64;
    private const int RadixBytesMax = sizeof(ulong);
    private const int DigitBits = 8;
    private const int DigitCount = 1 << DigitBits;

    private byte[] _batchKey = [];

    // Heads alone tell the entries apart: no key has to be computed again.
    private bool AreHeadsWhole => Keys.FixedLength <= THead.Length;

    internal override bool TryInsertAll(ReadOnlySpan<uint> references)
    {
        Entry[] room = ArrayPool<Entry>.Shared.Rent(references.Length);
        Span<Entry> entries = room.AsSpan(0, references.Length);
        for (int i = 0; i < entries.Length; i++) entries[i] = new Entry(THead.Of(Keys[references[i]], 0), references[i]);
        SortBatch(entries);
        bool areNew = TryInsertSorted(entries);
        ArrayPool<Entry>.Shared.Return(room);
        return areNew;
    }

    private bool TryInsertSorted(ReadOnlySpan<Entry> entries)
    {
        Version++;
        while (!entries.IsEmpty)
        {
            var path = default(Path);
            int leaf = DescendOnPath(ProbeOf(entries[0], isBehind: true), ref path);
            if (Header(leaf).Next != NoNode) Prefetch(Header(leaf).Next);
            int inserted = InsertIntoLeaf(leaf, entries, ref path, out bool isTwice);
            if (isTwice) return false;
            if (inserted == 0)
            {
                // The leaf is full, or too narrow: the ordinary way makes room.
                if (!Insert(KeyOf(entries[0].Reference), entries[0].Reference)) return false;
                inserted = 1;
            }

            entries = entries[inserted..];
        }

        return true;
    }

    // Inserts as many of the first entries as belong into a leaf and find room there.
    private int InsertIntoLeaf(int leaf, ReadOnlySpan<Entry> entries, ref Path path, out bool isTwice)
    {
        bool isBounded = TryFindBound(ref path, out THead bound);
        isTwice = false;
        int inserted = 0;
        for (; inserted < entries.Length; inserted++)
        {
            Entry entry = entries[inserted];
            // Where heads are equal whole keys decide, from the root on.
            if (inserted > 0 && isBounded && !THead.IsLess(entry.Head, bound)) break;
            LeafPlace place = PlaceOf(leaf, ProbeOf(entry, isBehind: false));
            isTwice = place.IsThere;
            if (isTwice || !TryInsertAt(leaf, place.Index, entry.Head, entry.Reference)) break;
            if (place.Index == 0) RefreshSmallest(leaf, ref path);
            Count++;
        }

        return inserted;
    }

    private Probe ProbeOf(Entry entry, bool isBehind)
    {
        if (AreHeadsWhole) return Probe.Whole(entry.Head, isBehind);
        ReadOnlySpan<byte> key = KeyOf(entry.Reference);
        return isBehind ? Probe.Behind(key) : Probe.Before(key);
    }

    // A copy, since a search computes other keys in the same place.
    private ReadOnlySpan<byte> KeyOf(uint reference)
    {
        ReadOnlySpan<byte> key = Keys[reference];
        if (_batchKey.Length < key.Length) _batchKey = new byte[Math.Max(key.Length, 2 * _batchKey.Length)];
        key.CopyTo(_batchKey);
        return _batchKey.AsSpan(0, key.Length);
    }

    // The head of the first entry behind a leaf, as the nodes above know it.
    private bool TryFindBound(ref Path path, out THead bound)
    {
        for (int level = 1; level <= Height; level++)
        {
            Step step = path[level];
            if (step.Index + 1 == Header(step.Node).Count) continue;
            bound = Unsafe.Add(ref Heads(step.Node), step.Index + 1);
            return true;
        }

        bound = default;
        return false;
    }

    private void SortBatch(Span<Entry> entries)
    {
        THead mask = default;
        foreach (ref readonly Entry entry in entries) mask = THead.Differing(entry.Head, entries[0].Head, mask);
        if (entries.Length >= RadixCountMin && THead.BytesIn(mask) <= RadixBytesMax) SortByDigits(entries, mask);
        else entries.Sort(EntryOrder.Instance);
        SortTies(entries);
    }

    // From the last digit to the first, each time keeping the order of what is equal.
    private static void SortByDigits(Span<Entry> entries, THead mask)
    {
        THead first = entries[0].Head;
        Digits[] room = ArrayPool<Digits>.Shared.Rent(2 * entries.Length);
        Span<Digits> from = room.AsSpan(0, entries.Length);
        Span<Digits> to = room.AsSpan(entries.Length, entries.Length);
        for (int i = 0; i < from.Length; i++) from[i] = new Digits(THead.Pack(entries[i].Head, mask), entries[i].Reference);
        Span<int> starts = stackalloc int[DigitCount];
        for (int shift = 0; shift < THead.BytesIn(mask) * DigitBits; shift += DigitBits)
        {
            starts.Clear();
            foreach (ref readonly Digits digits in from) starts[(byte)(digits.Packed >> shift)]++;
            int start = 0;
            foreach (ref int count in starts) (count, start) = (start, start + count);
            foreach (ref readonly Digits digits in from) to[starts[(byte)(digits.Packed >> shift)]++] = digits;
            Span<Digits> sorted = to;
            to = from;
            from = sorted;
        }

        for (int i = 0; i < entries.Length; i++) entries[i] = new Entry(THead.Unpack(from[i].Packed, mask, first), from[i].Reference);
        ArrayPool<Digits>.Shared.Return(room);
    }

    private readonly record struct Digits(ulong Packed, uint Reference);
}
