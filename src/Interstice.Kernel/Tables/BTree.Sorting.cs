using System.Buffers;

namespace Interstice.Kernel.Tables;

/// <content>Sorting entries: of a tree that is built at once, or of a batch. Only bits in which heads differ are looked at, eight after eight
/// from the last: what is in order already by the last few, like rows that were stored in the order of their primary key,
/// needs no pass over those.</content>
internal sealed partial class BTree<THead>
{
    private const int DigitValues = 256;
    private const int RadixEntriesMin = 64;
    private const int PooledEntriesMax = 1 << 16;

    private static void SortByHead(Span<Entry> entries)
    {
        THead mask = default;
        foreach (ref readonly Entry entry in entries) mask = THead.Differing(entry.Head, entries[0].Head, mask);
        int digits = (THead.BitsIn(mask) + 7) / 8;
        if (entries.Length < RadixEntriesMin || digits > sizeof(ulong))
        {
            entries.Sort(EntryOrder.Instance);
            return;
        }

        // A pool would keep the room of a large tree.
        bool isPooled = entries.Length <= PooledEntriesMax;
        Entry[] room = isPooled ? ArrayPool<Entry>.Shared.Rent(entries.Length) : new Entry[entries.Length];
        Span<Entry> from = entries;
        Span<Entry> to = room.AsSpan(0, entries.Length);
        for (int digit = DigitsInOrder(entries, mask, digits); digit < digits; digit++)
        {
            if (!TrySortBy(digit, mask, from, to)) continue;
            Span<Entry> sorted = to;
            to = from;
            from = sorted;
        }

        if (from != entries) from.CopyTo(entries);
        if (isPooled) ArrayPool<Entry>.Shared.Return(room);
    }

    // How many of the last bytes the entries are in order by.
    private static int DigitsInOrder(ReadOnlySpan<Entry> entries, THead mask, int digits)
    {
        for (int count = digits; count > 0; count--)
        {
            ulong low = ulong.MaxValue >> (64 - 8 * count);
            ulong last = 0;
            int i = 0;
            for (; i < entries.Length; i++)
            {
                ulong next = THead.Pack(entries[i].Head, mask) & low;
                if (next < last) break;
                last = next;
            }

            if (i == entries.Length) return count;
        }

        return 0;
    }

    // Keeps the order of entries that have the same byte.
    private static bool TrySortBy(int digit, THead mask, ReadOnlySpan<Entry> from, Span<Entry> to)
    {
        Span<int> starts = stackalloc int[DigitValues];
        starts.Clear();
        int shift = 8 * digit;
        foreach (ref readonly Entry entry in from) starts[(byte)(THead.Pack(entry.Head, mask) >> shift)]++;
        if (starts.Contains(from.Length)) return false;
        int start = 0;
        for (int value = 0; value < DigitValues; value++) (starts[value], start) = (start, start + starts[value]);
        foreach (ref readonly Entry entry in from) to[starts[(byte)(THead.Pack(entry.Head, mask) >> shift)]++] = entry;
        return true;
    }

    // Entries with equal heads stand in the order in which they were stored, mostly that of their keys.
    private void SortTies(Span<Entry> entries)
    {
        for (int start = 0; start < entries.Length;)
        {
            int end = start + 1;
            while (end < entries.Length && entries[end].Head.Equals(entries[start].Head)) end++;
            Span<Entry> ties = entries[start..end];
            if (ties.Length > 1 && !AreRising(ties)) ties.Sort(CompareKeys);
            start = end;
        }
    }
}
