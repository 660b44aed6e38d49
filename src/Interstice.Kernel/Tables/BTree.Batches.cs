using System.Buffers;
using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <content>Inserting many entries at once, in the order of their keys: neighbours go into the same leaf, which is then in the
/// cache, and the way down is walked once for all that belong to a leaf.</content>
internal sealed partial class BTree<THead>
{
    private byte[] _batchKey = [];
    private Entry[] _prepared = [];
    private int _preparedCount;

    internal override bool AreHeadsWhole => Keys.FixedLength <= THead.Length;

    internal override bool TryInsertAll(ReadOnlySpan<uint> references)
    {
        Prepare(references);
        return TryInsertPrepared();
    }

    internal override void Prepare(ReadOnlySpan<uint> references)
    {
        _prepared = ArrayPool<Entry>.Shared.Rent(references.Length);
        _preparedCount = references.Length;
        for (int i = 0; i < references.Length; i++) _prepared[i] = new Entry(THead.Of(Keys[references[i]], 0), references[i]);
    }

    internal override bool TryInsertPrepared()
    {
        Span<Entry> entries = _prepared.AsSpan(0, _preparedCount);
        SortByHead(entries);
        if (!AreHeadsWhole) SortTies(entries);
        bool areNew = TryInsertSorted(entries);
        ArrayPool<Entry>.Shared.Return(_prepared);
        _prepared = [];
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
                if (!Insert(ProbeOf(entries[0], isBehind: true), ProbeOf(entries[0], isBehind: false), entries[0].Reference)) return false;
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
}
