using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <content>Removal and replacement. A node that has become small is joined with a neighbour if both fit into one with room
/// to spare; an empty one is taken out.</content>
internal sealed partial class BTree<THead>
{
    internal override uint Remove(ReadOnlySpan<byte> key)
    {
        var path = default(Path);
        int leaf = DescendOnPath(key, ref path);
        LeafPlace place = PlaceOf(leaf, Probe.Before(key));
        if (!place.IsThere) return RowSource.NoRow;
        int index = place.Index;
        uint reference = Unsafe.Add(ref LeafReferences(leaf), index);
        int count = --Header(leaf).Count;
        MoveWithin(leaf, index + 1, index, count - index);
        Count--;
        Version++;
        if (Height == 0) return reference;
        if (count == 0) RemoveLeaf(leaf, ref path);
        else
        {
            if (index == 0) RefreshSmallest(leaf, ref path);
            if (count < Header(leaf).Capacity / 3) JoinLeaf(leaf, ref path);
        }

        return reference;
    }

    internal override bool Replace(ReadOnlySpan<byte> key, uint reference)
    {
        var path = default(Path);
        int leaf = DescendOnPath(key, ref path);
        LeafPlace place = PlaceOf(leaf, Probe.Before(key));
        if (!place.IsThere) return false;
        Unsafe.Add(ref LeafReferences(leaf), place.Index) = reference;
        if (place.Index == 0) RefreshSmallest(leaf, ref path);
        Version++;
        return true;
    }

    private void RemoveLeaf(int leaf, ref Path path)
    {
        (int next, int previous) = (Header(leaf).Next, Header(leaf).Previous);
        if (previous == NoNode) FirstLeaf = next;
        else Header(previous).Next = next;
        if (next == NoNode) LastLeaf = previous;
        else Header(next).Previous = previous;
        FreeNode(leaf);
        RemoveChild(1, path[1].Index, ref path);
    }

    private void JoinLeaf(int leaf, ref Path path)
    {
        Step step = path[1];
        if (step.Index + 1 < Header(step.Node).Count && TryJoinLeaves(leaf, Header(leaf).Next))
            RemoveChild(1, step.Index + 1, ref path);
        else if (step.Index > 0 && TryJoinLeaves(Header(leaf).Previous, leaf))
            RemoveChild(1, step.Index, ref path);
    }

    [SkipLocalsInit]
    private bool TryJoinLeaves(int left, int right)
    {
        int count = Header(left).Count + Header(right).Count;
        // Together they differ in no fewer bytes than each alone.
        if (!LeavesRoom(count, Math.Min(Header(left).Capacity, Header(right).Capacity))) return false;
        Span<THead> heads = stackalloc THead[count];
        Span<uint> references = stackalloc uint[count];
        int leftCount = Read(left, heads, references);
        Read(right, heads[leftCount..], references[leftCount..]);
        THead mask = MaskOf(heads);
        if (!LeavesRoom(count, LeafCapacity(WidthOf(mask)))) return false;
        Store(left, mask, heads, references);
        int next = Header(right).Next;
        Header(left).Next = next;
        if (next == NoNode) LastLeaf = left;
        else Header(next).Previous = left;
        FreeNode(right);
        return true;
    }

    private static bool LeavesRoom(int count, int capacity) => count <= capacity - capacity / 6;

    // Takes a child out of the inner node on the path at this level.
    private void RemoveChild(int level, int index, ref Path path)
    {
        int inner = path[level].Node;
        int count = --Header(inner).Count;
        CopyChildren(inner, index + 1, inner, index, count - index);
        if (level == Height)
        {
            DropRoots();
            return;
        }

        if (count == 0)
        {
            FreeNode(inner);
            RemoveChild(level + 1, path[level + 1].Index, ref path);
            return;
        }

        if (index == 0) RefreshAbove(level, inner, ref path);
        if (count < InnerCapacity / 3) JoinInner(level, inner, ref path);
    }

    private void JoinInner(int level, int inner, ref Path path)
    {
        Step step = path[level + 1];
        ref int children = ref Children(step.Node);
        if (step.Index + 1 < Header(step.Node).Count && TryJoinInner(inner, Unsafe.Add(ref children, step.Index + 1)))
            RemoveChild(level + 1, step.Index + 1, ref path);
        else if (step.Index > 0 && TryJoinInner(Unsafe.Add(ref children, step.Index - 1), inner))
            RemoveChild(level + 1, step.Index, ref path);
    }

    private bool TryJoinInner(int left, int right)
    {
        (int leftCount, int rightCount) = (Header(left).Count, Header(right).Count);
        if (!LeavesRoom(leftCount + rightCount, InnerCapacity)) return false;
        CopyChildren(right, 0, left, leftCount, rightCount);
        Header(left).Count = (ushort)(leftCount + rightCount);
        FreeNode(right);
        return true;
    }

    private void DropRoots()
    {
        while (Height > 0 && Header(Root).Count == 1)
        {
            int child = Children(Root);
            FreeNode(Root);
            Root = child;
            Height--;
        }
    }
}
