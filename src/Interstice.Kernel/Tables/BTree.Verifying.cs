using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <content>The check of every invariant.</content>
internal sealed partial class BTree<THead>
{
    internal override void Verify()
    {
        int leaf = FirstLeaf;
        long entries = VerifyNode(Root, Height, ref leaf);
        Require(leaf == NoNode, "a leaf is linked but in no inner node");
        Require(entries == Count, $"{entries} entries, but Count is {Count}");
        byte[]? last = null;
        for (TreePosition position = Begin(); position != TreePosition.End; position = Next(position))
        {
            byte[] key = Keys[ReferenceAt(position)].ToArray();
            Require(last is null || last.AsSpan().SequenceCompareTo(key) < 0, "keys do not rise");
            Require(HeadAt(position.Leaf, position.Index).Equals(THead.Of(key, 0)), "a head is not its key's");
            last = key;
        }
    }

    private long VerifyNode(int node, int level, ref int leaf)
    {
        int count = Header(node).Count;
        Require(count > 0 || node == Root, "a node is empty");
        if (level == 0)
        {
            Require(node == leaf, "leaves are linked in another order than they stand in");
            Require(Header(node).Next != NoNode || node == LastLeaf, "the last leaf is another one");
            Require(Header(node).Next == NoNode || Header(Header(node).Next).Previous == node, "links do not match");
            leaf = Header(node).Next;
            return count;
        }

        Require(node != Root || count > 1, "the root has a single child");
        long entries = 0;
        for (int i = 0; i < count; i++)
        {
            int child = Unsafe.Add(ref Children(node), i);
            uint smallest = level == 1 ? LeafReferences(child) : InnerReferences(child);
            Require(Unsafe.Add(ref InnerReferences(node), i) == smallest, "an inner entry is not its child's smallest");
            Require(Unsafe.Add(ref Heads(node), i).Equals(level == 1 ? HeadAt(child, 0) : Heads(child)), "an inner head is not its child's smallest");
            entries += VerifyNode(child, level - 1, ref leaf);
        }

        return entries;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
