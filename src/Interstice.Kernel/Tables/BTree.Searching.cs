using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <summary>A B+tree whose entries keep heads of one kind.</summary>
/// <typeparam name="THead">The kind of head.</typeparam>
/// <remarks>A leaf's block: header, heads, references. An inner node's: header, heads, references, children.</remarks>
internal sealed partial class BTree<THead> : BTree
    where THead : unmanaged, IKeyHead<THead>
{
    private const int DepthMax = 24;

    private static readonly int LeafCapacity = (NodeBytes - HeaderBytes) / (Unsafe.SizeOf<THead>() + sizeof(uint));

    private static readonly int InnerCapacity =
        (NodeBytes - HeaderBytes) / (Unsafe.SizeOf<THead>() + sizeof(uint) + sizeof(int));

    internal BTree(EntryKeys keys)
        : base(keys, HeaderBytes + LeafCapacity * Unsafe.SizeOf<THead>())
    {
    }

    internal override uint Find(ReadOnlySpan<byte> key)
    {
        int leaf = Descend(Probe.Behind(key));
        var probe = Probe.Before(key);
        int index = IndexOf(leaf, isLeaf: true, probe);
        return IsAt(leaf, index, probe) ? Unsafe.Add(ref LeafReferences(leaf), index) : RowSource.NoRow;
    }

    internal override uint FindFirst(ReadOnlySpan<byte> prefix)
    {
        TreePosition first = Seek(prefix, behind: false);
        return first != TreePosition.End && StartsWith(first, prefix) ? ReferenceAt(first) : RowSource.NoRow;
    }

    internal override TreePosition Seek(ReadOnlySpan<byte> prefix, bool behind)
    {
        Probe probe = behind ? Probe.Behind(prefix) : Probe.Before(prefix);
        int leaf = Descend(probe);
        return Count == 0 ? TreePosition.End : Normalize(leaf, IndexOf(leaf, isLeaf: true, probe));
    }

    internal override bool HasTwins(ReadOnlySpan<byte> prefix)
    {
        TreePosition first = Seek(prefix, behind: false);
        if (first == TreePosition.End) return false;
        TreePosition second = Next(first);
        return second != TreePosition.End && StartsWith(second, prefix);
    }

    private bool StartsWith(TreePosition position, ReadOnlySpan<byte> prefix)
    {
        THead head = Unsafe.Add(ref Heads(position.Leaf), position.Index);
        if (THead.IsLess(head, THead.Of(prefix, 0)) || THead.IsLess(THead.Of(prefix, byte.MaxValue), head)) return false;
        return prefix.Length <= THead.Length || Keys[ReferenceAt(position)].StartsWith(prefix);
    }

    private int Descend(Probe probe)
    {
        int node = Root;
        for (int level = Height; level > 0; level--) node = Unsafe.Add(ref Children(node), ChildOf(node, probe));
        Prefetch(node);
        return node;
    }

    // Entries that stand before the probe may be in the last child whose smallest entry does.
    private int ChildOf(int inner, Probe probe) => Math.Max(IndexOf(inner, isLeaf: false, probe) - 1, 0);

    /// <summary>How many entries of a node stand before the probe.</summary>
    private int IndexOf(int node, bool isLeaf, Probe probe)
    {
        ref THead heads = ref Heads(node);
        int count = Header(node).Count;
        if (probe.IsDecided)
            return probe.IsBehind ? THead.CountUpTo(ref heads, count, probe.Head) : THead.CountBelow(ref heads, count, probe.Head);
        int low = THead.CountBelow(ref heads, count, probe.Head);
        if (low == count || THead.IsLess(probe.Head, Unsafe.Add(ref heads, low))) return low;
        int high = THead.CountUpTo(ref heads, count, probe.Head);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            uint reference = Unsafe.Add(ref isLeaf ? ref LeafReferences(node) : ref InnerReferences(node), middle);
            if (probe.StandsBehind(Keys[reference])) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private bool IsAt(int leaf, int index, Probe probe)
    {
        if (index >= Header(leaf).Count || THead.IsLess(probe.Head, Unsafe.Add(ref Heads(leaf), index))) return false;
        // The head decides unless it is a part of the key only. No key is a prefix of another, so a key that begins with
        // the probe is equal to it.
        return probe.IsDecided || Keys[Unsafe.Add(ref LeafReferences(leaf), index)].StartsWith(probe.Bytes);
    }

    private ref THead Heads(int node) => ref Unsafe.As<byte, THead>(ref Unsafe.Add(ref Block(node), HeaderBytes));

    private ref uint InnerReferences(int inner) =>
        ref Unsafe.As<byte, uint>(ref Unsafe.Add(ref Block(inner), HeaderBytes + InnerCapacity * Unsafe.SizeOf<THead>()));

    private ref int Children(int inner) => ref Unsafe.As<byte, int>(ref Unsafe.Add(
        ref Block(inner), HeaderBytes + InnerCapacity * (Unsafe.SizeOf<THead>() + sizeof(uint))));

    /// <summary>A place in the order of keys: before or behind everything that begins with some bytes.</summary>
    private readonly ref struct Probe
    {
        private Probe(ReadOnlySpan<byte> bytes, bool isBehind)
        {
            Bytes = bytes;
            IsBehind = isBehind;
            Head = THead.Of(bytes, isBehind ? byte.MaxValue : (byte)0);
            IsDecided = bytes.Length <= THead.Length;
        }

        internal ReadOnlySpan<byte> Bytes { get; }

        internal bool IsBehind { get; }

        internal THead Head { get; }

        /// <summary>Whether heads alone decide: an entry with this very head begins with the bytes.</summary>
        internal bool IsDecided { get; }

        internal static Probe Before(ReadOnlySpan<byte> bytes) => new(bytes, isBehind: false);

        internal static Probe Behind(ReadOnlySpan<byte> bytes) => new(bytes, isBehind: true);

        internal bool StandsBehind(ReadOnlySpan<byte> key)
        {
            int order = key[..Math.Min(key.Length, Bytes.Length)].SequenceCompareTo(Bytes);
            return order < 0 || (order == 0 && IsBehind);
        }
    }
}
