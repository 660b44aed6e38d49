using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Tables;

/// <content>Insertion. A full leaf hands entries to a neighbour if that has room and is split otherwise; at the end of the
/// tree it is left full, so that keys which rise leave full leaves behind.</content>
internal sealed partial class BTree<THead>
{
    // A neighbour with less room than this is as good as full: it would be asked again too soon.
    private static int RoomMin => LeafCapacity / 8;

    internal override bool Insert(ReadOnlySpan<byte> key, uint reference)
    {
        var path = default(Path);
        int leaf = DescendOnPath(key, ref path);
        var probe = Probe.Before(key);
        int index = IndexOf(leaf, isLeaf: true, probe);
        if (IsAt(leaf, index, probe)) return false;
        if (Header(leaf).Count == LeafCapacity) MakeRoom(ref leaf, ref index, ref path, probe.Head, reference);
        if (index >= 0) InsertAt(leaf, index, probe.Head, reference);
        if (index == 0) RefreshSmallest(leaf, ref path);
        Count++;
        Version++;
        return true;
    }

    private int DescendOnPath(ReadOnlySpan<byte> key, ref Path path)
    {
        var probe = Probe.Behind(key);
        int node = Root;
        for (int level = Height; level > 0; level--)
        {
            int child = ChildOf(node, probe);
            path[level] = new Step(node, child);
            node = Unsafe.Add(ref Children(node), child);
        }

        return node;
    }

    private void InsertAt(int leaf, int index, THead head, uint reference)
    {
        int count = Header(leaf).Count++;
        Shift(ref Heads(leaf), index, index + 1, count - index);
        Shift(ref LeafReferences(leaf), index, index + 1, count - index);
        Unsafe.Add(ref Heads(leaf), index) = head;
        Unsafe.Add(ref LeafReferences(leaf), index) = reference;
    }

    // Afterwards leaf and index say where the new entry goes; index is -1 if it has been placed already.
    private void MakeRoom(ref int leaf, ref int index, ref Path path, THead head, uint reference)
    {
        if (index == LeafCapacity && leaf == LastLeaf)
        {
            Append(leaf, head, reference, ref path);
            index = -1;
            return;
        }

        if (Height > 0 && (TryGiveRight(ref leaf, ref index, ref path) || TryGiveLeft(ref leaf, ref index, ref path))) return;
        Split(ref leaf, ref index, ref path);
    }

    private void Append(int leaf, THead head, uint reference, ref Path path)
    {
        int added = NewLeafBehind(leaf);
        InsertAt(added, 0, head, reference);
        AddChild(1, leaf, added, ref path);
    }

    private void Split(ref int leaf, ref int index, ref Path path)
    {
        int added = NewLeafBehind(leaf);
        int half = LeafCapacity / 2;
        MoveEntries(leaf, half, added, 0, LeafCapacity - half);
        Header(leaf).Count = half;
        Header(added).Count = LeafCapacity - half;
        AddChild(1, leaf, added, ref path);
        if (index <= half) return;
        index -= half;
        leaf = added;
    }

    private bool TryGiveRight(ref int leaf, ref int index, ref Path path)
    {
        Step step = path[1];
        if (step.Index + 1 == Header(step.Node).Count) return false;
        int right = Unsafe.Add(ref Children(step.Node), step.Index + 1);
        int rightCount = Header(right).Count;
        int moved = (LeafCapacity - rightCount) / 2;
        if (LeafCapacity - rightCount < RoomMin) return false;
        MoveEntries(right, 0, right, moved, rightCount);
        int left = LeafCapacity - moved;
        MoveEntries(leaf, left, right, 0, moved);
        Header(right).Count = rightCount + moved;
        Header(leaf).Count = left;
        SetSmallest(step.Node, step.Index + 1, right, isLeaf: true);
        if (index <= left) return true;
        index -= left;
        leaf = right;
        return true;
    }

    private bool TryGiveLeft(ref int leaf, ref int index, ref Path path)
    {
        Step step = path[1];
        if (step.Index == 0) return false;
        int left = Unsafe.Add(ref Children(step.Node), step.Index - 1);
        int leftCount = Header(left).Count;
        int moved = (LeafCapacity - leftCount) / 2;
        if (LeafCapacity - leftCount < RoomMin) return false;
        MoveEntries(leaf, 0, left, leftCount, moved);
        MoveEntries(leaf, moved, leaf, 0, LeafCapacity - moved);
        Header(left).Count = leftCount + moved;
        Header(leaf).Count = LeafCapacity - moved;
        SetSmallest(step.Node, step.Index, leaf, isLeaf: true);
        index -= moved;
        if (index > 0) return true;
        index += leftCount + moved;
        leaf = left;
        return true;
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
        ShiftChildren(inner, index, index + 1, count - index);
        Unsafe.Add(ref Children(inner), index) = added;
        SetSmallest(inner, index, added, isLeaf: level == 1);
    }

    private void SplitInner(int level, ref int inner, ref int index, ref Path path)
    {
        int added = NewNode();
        // Behind everything only the new child moves on: what rises leaves full nodes behind.
        int keep = index == InnerCapacity ? InnerCapacity - 1 : InnerCapacity / 2;
        CopyChildren(inner, keep, added, 0, InnerCapacity - keep);
        Header(inner).Count = keep;
        Header(added).Count = InnerCapacity - keep;
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
        Unsafe.Add(ref Heads(inner), index) = Heads(child);
        Unsafe.Add(ref InnerReferences(inner), index) = isLeaf ? LeafReferences(child) : InnerReferences(child);
    }

    // Tells the nodes above a leaf that its first entry is another one now.
    private void RefreshSmallest(int leaf, ref Path path)
    {
        int child = leaf;
        for (int level = 1; level <= Height; level++)
        {
            Step step = path[level];
            SetSmallest(step.Node, step.Index, child, isLeaf: level == 1);
            if (step.Index > 0) return;
            child = step.Node;
        }
    }

    private void RefreshAbove(int level, int inner, ref Path path)
    {
        int child = inner;
        for (int above = level + 1; above <= Height; above++)
        {
            Step step = path[above];
            SetSmallest(step.Node, step.Index, child, isLeaf: false);
            if (step.Index > 0) return;
            child = step.Node;
        }
    }

    private void MoveEntries(int from, int fromIndex, int to, int toIndex, int count)
    {
        Copy(ref Heads(from), fromIndex, ref Heads(to), toIndex, count);
        Copy(ref LeafReferences(from), fromIndex, ref LeafReferences(to), toIndex, count);
    }

    private void CopyChildren(int from, int fromIndex, int to, int toIndex, int count)
    {
        Copy(ref Heads(from), fromIndex, ref Heads(to), toIndex, count);
        Copy(ref InnerReferences(from), fromIndex, ref InnerReferences(to), toIndex, count);
        Copy(ref Children(from), fromIndex, ref Children(to), toIndex, count);
    }

    private void ShiftChildren(int inner, int from, int to, int count) => CopyChildren(inner, from, inner, to, count);

    private static void Shift<T>(ref T first, int from, int to, int count)
        where T : unmanaged => Copy(ref first, from, ref first, to, count);

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
