using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Tables;

/// <content>Insertion. At the end of the tree a full leaf is left full, so that keys which rise leave full leaves behind.
/// Elsewhere it shares with a neighbour: two leaves hold the entries of two if there is room, otherwise three do.</content>
internal sealed partial class BTree<THead>
{
    internal override bool Insert(ReadOnlySpan<byte> key, uint reference)
    {
        THead head = THead.Of(key, 0);
        if (Count == 0 || !StandsBehindAll(head) || !TryInsertAt(LastLeaf, Header(LastLeaf).Count, head, reference))
            return Insert(Probe.Behind(key), Probe.Before(key), reference);
        Count++;
        Version++;
        return true;
    }

    private bool Insert(Probe behind, Probe probe, uint reference)
    {
        while (true)
        {
            var path = default(Path);
            int leaf = DescendOnPath(behind, ref path);
            LeafPlace place = PlaceOf(leaf, probe);
            if (place.IsThere) return false;
            bool isInserted = TryInsertAt(leaf, place.Index, probe.Head, reference);
            if (isInserted && place.Index == 0) RefreshSmallest(leaf, ref path);
            if (isInserted || TryInsertIntoFull(leaf, place.Index, probe.Head, reference, ref path)) break;
        }

        Count++;
        Version++;
        return true;
    }

    private int DescendOnPath(ReadOnlySpan<byte> key, ref Path path) => DescendOnPath(Probe.Behind(key), ref path);

    private int DescendOnPath(Probe probe, ref Path path)
    {
        int node = Root;
        for (int level = Height; level > 0; level--)
        {
            int child = ChildOf(node, probe);
            path[level] = new Step(node, child);
            node = Unsafe.Add(ref Children(node), child);
        }

        Prefetch(node);
        return node;
    }

    // Makes room in any case; false if the entry itself has no place yet.
    [SkipLocalsInit]
    private bool TryInsertIntoFull(int leaf, int index, THead head, uint reference, ref Path path)
    {
        if (index == Header(leaf).Count && leaf == LastLeaf)
        {
            int added = NewLeafBehind(leaf);
            TryInsertAt(added, 0, head, reference);
            AddChild(1, leaf, added, ref path);
            return true;
        }

        Span<THead> heads = stackalloc THead[2 * LeafCapacityMax + 1];
        Span<uint> references = stackalloc uint[2 * LeafCapacityMax + 1];
        if (Height > 0 && Header(path[1].Node).Count > 1)
        {
            Step step = path[1];
            int first = IsLeftOfPair(step) ? step.Index : step.Index - 1;
            int left = Unsafe.Add(ref Children(step.Node), first);
            int right = Unsafe.Add(ref Children(step.Node), first + 1);
            int count = Read(left, heads, references);
            count += Read(right, heads[count..], references[count..]);
            count = InsertInto(heads, references, count, left == leaf ? index : Header(left).Count + index, head, reference);
            path[1] = step with { Index = first };
            if (TryShare(left, right, heads[..count], references[..count], ref path)) return true;
            path[1] = step;
        }

        int all = InsertInto(heads, references, Read(leaf, heads, references), index, head, reference);
        if (TrySplit(leaf, heads[..all], references[..all], ref path)) return true;
        // The new head differs in so many bytes that not even half of the leaf fits together with it: split without it first.
        all = Read(leaf, heads, references);
        TrySplit(leaf, heads[..all], references[..all], ref path);
        return false;
    }

    // Takes the neighbour with fewer entries.
    private bool IsLeftOfPair(Step step)
    {
        if (step.Index == 0) return true;
        if (step.Index + 1 == Header(step.Node).Count) return false;
        ref int children = ref Children(step.Node);
        return Header(Unsafe.Add(ref children, step.Index + 1)).Count <= Header(Unsafe.Add(ref children, step.Index - 1)).Count;
    }

    private bool TryShare(int left, int right, ReadOnlySpan<THead> heads, ReadOnlySpan<uint> references, ref Path path)
    {
        int half = heads.Length / 2;
        (THead leftMask, THead rightMask) = (MaskOf(heads[..half]), MaskOf(heads[half..]));
        // Neighbours with less room than an eighth are as good as full: they would be asked again too soon.
        bool fitsTwo = HasRoom(leftMask, half + half / 8) && HasRoom(rightMask, heads.Length - half + half / 8);
        int third = heads.Length / 3;
        if (fitsTwo)
        {
            Store(left, leftMask, heads[..half], references[..half]);
            Store(right, rightMask, heads[half..], references[half..]);
        }
        else
        {
            leftMask = MaskOf(heads[..third]);
            rightMask = MaskOf(heads[third..(2 * third)]);
            THead lastMask = MaskOf(heads[(2 * third)..]);
            if (!HasRoom(leftMask, third) || !HasRoom(rightMask, third) || !HasRoom(lastMask, heads.Length - 2 * third)) return false;
            Store(left, leftMask, heads[..third], references[..third]);
            Store(right, rightMask, heads[third..(2 * third)], references[third..(2 * third)]);
        }

        Step step = path[1];
        RefreshSmallest(left, ref path);
        SetSmallest(step.Node, step.Index + 1, right, isLeaf: true);
        if (fitsTwo) return true;
        int added = NewLeafBehind(right);
        Store(added, MaskOf(heads[(2 * third)..]), heads[(2 * third)..], references[(2 * third)..]);
        path[1] = step with { Index = step.Index + 1 };
        AddChild(1, right, added, ref path);
        return true;
    }

    private bool TrySplit(int leaf, ReadOnlySpan<THead> heads, ReadOnlySpan<uint> references, ref Path path)
    {
        int half = heads.Length / 2;
        (THead leftMask, THead rightMask) = (MaskOf(heads[..half]), MaskOf(heads[half..]));
        if (!HasRoom(leftMask, half) || !HasRoom(rightMask, heads.Length - half)) return false;
        int added = NewLeafBehind(leaf);
        Store(leaf, leftMask, heads[..half], references[..half]);
        Store(added, rightMask, heads[half..], references[half..]);
        RefreshSmallest(leaf, ref path);
        AddChild(1, leaf, added, ref path);
        return true;
    }

    private static bool HasRoom(THead mask, int count) => count <= LeafCapacity(WidthOf(mask));

    private static int InsertInto(Span<THead> heads, Span<uint> references, int count, int index, THead head, uint reference)
    {
        heads[index..count].CopyTo(heads[(index + 1)..]);
        references[index..count].CopyTo(references[(index + 1)..]);
        heads[index] = head;
        references[index] = reference;
        return count + 1;
    }

    private int NewLeafBehind(int leaf)
    {
        int added = NewNode();
        int next = Header(leaf).Next;
        Header(added).Next = next;
        Header(added).Previous = leaf;
        Header(leaf).Next = added;
        if (next == NoNode) LastLeaf = added;
        else Header(next).Previous = added;
        return added;
    }

    // Enters a new node, right of another, on the level above.
    private void AddChild(int level, int left, int added, ref Path path)
    {
        if (level > Height)
        {
            GrowRoot(left, added, ref path);
            return;
        }

        Step step = path[level];
        int inner = step.Node;
        int index = step.Index + 1;
        if (Header(inner).Count == InnerCapacity) SplitInner(level, ref inner, ref index, ref path);
        int count = Header(inner).Count++;
        CopyChildren(inner, index, inner, index + 1, count - index);
        Unsafe.Add(ref Children(inner), index) = added;
        SetSmallest(inner, index, added, isLeaf: level == 1);
    }

    private void SplitInner(int level, ref int inner, ref int index, ref Path path)
    {
        int added = NewNode();
        // Behind everything only the new child and one more move on: what rises leaves full nodes behind.
        int keep = index == InnerCapacity ? InnerCapacity - 1 : InnerCapacity / 2;
        CopyChildren(inner, keep, added, 0, InnerCapacity - keep);
        Header(inner).Count = (ushort)keep;
        Header(added).Count = (ushort)(InnerCapacity - keep);
        AddChild(level + 1, inner, added, ref path);
        if (index <= keep) return;
        index -= keep;
        inner = added;
    }

    private void GrowRoot(int left, int right, ref Path path)
    {
        int root = NewNode();
        Header(root).Count = 2;
        Unsafe.Add(ref Children(root), 0) = left;
        Unsafe.Add(ref Children(root), 1) = right;
        SetSmallest(root, 0, left, isLeaf: Height == 0);
        SetSmallest(root, 1, right, isLeaf: Height == 0);
        Root = root;
        Height++;
        if (Height == DepthMax - 1) throw new InvalidOperationException("A tree is deeper than its nodes allow; its blocks are damaged.");
        // Who still goes up this path came down through the left child if it matters.
        path[Height] = new Step(root, 0);
    }

    private void SetSmallest(int inner, int index, int child, bool isLeaf)
    {
        Unsafe.Add(ref Heads(inner), index) = isLeaf ? HeadAt(child, 0) : Heads(child);
        Unsafe.Add(ref InnerReferences(inner), index) = isLeaf ? LeafReferences(child) : InnerReferences(child);
    }

    // Tells the nodes above a leaf that its first entry is another one now.
    private void RefreshSmallest(int leaf, ref Path path) => RefreshAbove(0, leaf, ref path);

    private void RefreshAbove(int level, int node, ref Path path)
    {
        int child = node;
        for (int above = level + 1; above <= Height; above++)
        {
            Step step = path[above];
            SetSmallest(step.Node, step.Index, child, isLeaf: above == 1);
            if (step.Index > 0) return;
            child = step.Node;
        }
    }

    private void CopyChildren(int from, int fromIndex, int to, int toIndex, int count)
    {
        Copy(ref Heads(from), fromIndex, ref Heads(to), toIndex, count);
        Copy(ref InnerReferences(from), fromIndex, ref InnerReferences(to), toIndex, count);
        Copy(ref Children(from), fromIndex, ref Children(to), toIndex, count);
    }

    // Source and target may overlap.
    private static void Copy<T>(ref T source, int from, ref T target, int to, int count)
        where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref source, from), count)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref target, to), count));

    /// <summary>An inner node on the way down and the child that was taken.</summary>
    private readonly record struct Step(int Node, int Index);

    /// <summary>The way down, by level; leaves are level 0.</summary>
    [InlineArray(DepthMax)]
    private struct Path
    {
        private Step _first;
    }
}
