using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <content>Building a tree of many entries at once, from the leaves up: every leaf is as full as it can be, and no entry
/// is searched for.</content>
internal sealed partial class BTree<THead>
{
    internal override bool TryBuild(ReadOnlySpan<uint> references, bool areInOrder)
    {
        if (Count != 0) throw new InvalidOperationException("Only an empty tree can be built at once.");
        if (references.IsEmpty) return true;
        var entries = new Entry[references.Length];
        for (int i = 0; i < entries.Length; i++) entries[i] = new Entry(THead.Of(Keys[references[i]], 0), references[i]);
        if (!areInOrder)
        {
            SortByHead(entries);
            SortTies(entries);
        }

        if (!AreRising(entries)) return false;
        List<int> level = BuildLeaves(entries);
        for (; level.Count > 1; Height++) level = BuildLevel(level, areLeaves: Height == 0);
        Root = level[0];
        Count = entries.Length;
        Version++;
        return true;
    }

    private bool AreRising(ReadOnlySpan<Entry> entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            if (THead.IsLess(entries[i - 1].Head, entries[i].Head)) continue;
            if (!entries[i].Head.Equals(entries[i - 1].Head) || CompareKeys(entries[i - 1], entries[i]) >= 0) return false;
        }

        return true;
    }

    private int CompareKeys(Entry left, Entry right)
    {
        if (left.Reference == right.Reference) return 0;
        byte[] key = Keys[left.Reference].ToArray();
        return key.AsSpan().SequenceCompareTo(Keys[right.Reference]);
    }

    private List<int> BuildLeaves(ReadOnlySpan<Entry> entries)
    {
        var leaves = new List<int>();
        Span<THead> heads = stackalloc THead[LeafCapacityMax];
        Span<uint> references = stackalloc uint[LeafCapacityMax];
        for (int leaf = FirstLeaf; !entries.IsEmpty;)
        {
            int count = CountForLeaf(entries, out THead mask);
            for (int i = 0; i < count; i++) (heads[i], references[i]) = (entries[i].Head, entries[i].Reference);
            if (leaves.Count > 0) leaf = NewLeafBehind(leaf);
            Store(leaf, mask, heads[..count], references[..count]);
            leaves.Add(leaf);
            entries = entries[count..];
        }

        return leaves;
    }

    // As many of the first entries as fit into one leaf together.
    private static int CountForLeaf(ReadOnlySpan<Entry> entries, out THead mask)
    {
        mask = default;
        for (int i = 1; i < entries.Length; i++)
        {
            THead wider = THead.Differing(entries[i].Head, entries[0].Head, mask);
            if (!HasRoom(wider, i + 1)) return i;
            mask = wider;
        }

        return entries.Length;
    }

    // Children are dealt out evenly, so that no node gets a single one.
    private List<int> BuildLevel(List<int> children, bool areLeaves)
    {
        int count = (children.Count + InnerCapacity - 1) / InnerCapacity;
        var nodes = new List<int>(count);
        for (int i = 0; i < count; i++)
        {
            int first = (int)((long)children.Count * i / count);
            int end = (int)((long)children.Count * (i + 1) / count);
            int node = NewNode();
            Header(node).Count = (ushort)(end - first);
            for (int child = first; child < end; child++)
            {
                Unsafe.Add(ref Children(node), child - first) = children[child];
                SetSmallest(node, child - first, children[child], areLeaves);
            }

            nodes.Add(node);
        }

        return nodes;
    }

    private readonly record struct Entry(THead Head, uint Reference);

    // Rows that were stored one after another have rising references: where heads are equal, the order of storing is mostly
    // that of the keys, and then no key is computed to sort.
    private sealed class EntryOrder : IComparer<Entry>
    {
        internal static readonly EntryOrder Instance = new();

        public int Compare(Entry left, Entry right)
        {
            if (THead.IsLess(left.Head, right.Head)) return -1;
            return THead.IsLess(right.Head, left.Head) ? 1 : left.Reference.CompareTo(right.Reference);
        }
    }
}
