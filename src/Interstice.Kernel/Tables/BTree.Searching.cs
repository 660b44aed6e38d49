using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <summary>A B+tree whose entries keep heads of one kind.</summary>
/// <typeparam name="THead">The kind of head.</typeparam>
/// <remarks>A leaf's block: header, mask, base, packed heads, references. An inner node's: header, heads, references, children.</remarks>
internal sealed partial class BTree<THead> : BTree
    where THead : unmanaged, IKeyHead<THead>
{
    private const int DepthMax = 24;
    private const int RecentLog = 6;
    private const int RecentCount = 1 << RecentLog;

    private static readonly int InnerCapacity =
        (NodeBytes - HeaderBytes) / (Unsafe.SizeOf<THead>() + sizeof(uint) + sizeof(int));

    private Recent[]? _recent;

    internal BTree(EntryKeys keys)
        : base(keys)
    {
    }

    // A transaction asks for a row when it reads it, when it writes it and when the write is applied: the last few answers are
    // kept as long as the tree is unchanged.
    internal override uint Find(ReadOnlySpan<byte> key)
    {
        if (Height == 0 || key.Length > THead.Length) return Search(key);
        _recent ??= new Recent[RecentCount];
        THead head = THead.Of(key, 0);
        ref Recent recent = ref _recent[(int)(THead.Scatter(head) >> (64 - RecentLog))];
        if (recent.Version == Version && recent.Head.Equals(head)) return recent.Reference;
        uint found = Search(key);
        recent = new Recent(head, found, Version);
        return found;
    }

    // Most keys are as long as a head, and many that are looked for stand behind all: those of rows that are about to be
    // inserted.
    private uint Search(ReadOnlySpan<byte> key)
    {
        THead head = THead.Of(key, 0);
        if (StandsBehindAll(head)) return RowSource.NoRow;
        if (key.Length == THead.Length) return SearchWhole(head);
        int leaf = Descend(Probe.Behind(key));
        LeafPlace place = PlaceOf(leaf, Probe.Before(key));
        return place.IsThere ? Unsafe.Add(ref LeafReferences(leaf), place.Index) : RowSource.NoRow;
    }

    // No other key begins with this one, so that an entry with this head is the one.
    private uint SearchWhole(THead head)
    {
        int node = Root;
        for (int level = Height; level > 0; level--)
        {
            int child = KeySearch.CountUpTo(ref Heads(node), Header(node).Count, head) - 1;
            node = Unsafe.Add(ref Children(node), Math.Max(child, 0));
        }

        if (Height > 0) Prefetch(node);
        return FindInLeaf(node, head);
    }

    private bool StandsBehindAll(THead head)
    {
        int count = Header(LastLeaf).Count;
        return count == 0 || THead.IsLess(HeadAt(LastLeaf, count - 1), head);
    }

    internal override uint FindFirst(ReadOnlySpan<byte> prefix)
    {
        TreePosition first = Seek(prefix, behind: false);
        return first != TreePosition.End && StartsWith(first, prefix) ? ReferenceAt(first) : RowSource.NoRow;
    }

    internal override TreePosition Seek(ReadOnlySpan<byte> prefix, bool behind)
    {
        if (Count == 0) return TreePosition.End;
        Probe probe = behind ? Probe.Behind(prefix) : Probe.Before(prefix);
        int leaf = Descend(probe);
        return Normalize(leaf, PlaceOf(leaf, probe).Index);
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
        THead head = HeadAt(position.Leaf, position.Index);
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
    private int ChildOf(int inner, Probe probe)
    {
        ref THead heads = ref Heads(inner);
        int count = Header(inner).Count;
        int low = probe.IsDecided && probe.IsBehind
            ? KeySearch.CountUpTo(ref heads, count, probe.Head) : KeySearch.CountBelow(ref heads, count, probe.Head);
        bool hasTie = !probe.IsDecided && low < count && !THead.IsLess(probe.Head, Unsafe.Add(ref heads, low));
        if (hasTie) low = SearchTies(ref InnerReferences(inner), low, KeySearch.CountUpTo(ref heads, count, probe.Head), probe);
        return Math.Max(low - 1, 0);
    }

    // How many entries of a leaf stand before the probe, and whether the next one is the very key.
    private LeafPlace PlaceOf(int leaf, Probe probe)
    {
        (int low, int high) = TiesOf(leaf, probe.Head);
        if (!probe.IsDecided)
        {
            low = SearchTies(ref LeafReferences(leaf), low, high, probe);
            // No key is a prefix of another, so a key that begins with the probe is equal to it.
            return new LeafPlace(low, low < high && Keys[Unsafe.Add(ref LeafReferences(leaf), low)].StartsWith(probe.Bytes));
        }

        return probe.IsBehind ? new LeafPlace(high, false) : new LeafPlace(low, low < high);
    }

    // Among entries whose heads are the probe's, whole keys decide.
    private int SearchTies(ref uint references, int low, int high, Probe probe)
    {
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (probe.StandsBehind(Keys[Unsafe.Add(ref references, middle)])) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private ref THead Heads(int inner) => ref Unsafe.As<byte, THead>(ref Unsafe.Add(ref Block(inner), HeaderBytes));

    private ref uint InnerReferences(int inner) =>
        ref Unsafe.As<byte, uint>(ref Unsafe.Add(ref Block(inner), HeaderBytes + InnerCapacity * Unsafe.SizeOf<THead>()));

    private ref int Children(int inner) => ref Unsafe.As<byte, int>(ref Unsafe.Add(
        ref Block(inner), HeaderBytes + InnerCapacity * (Unsafe.SizeOf<THead>() + sizeof(uint))));

    /// <summary>An answer of <see cref="Find"/>.</summary>
    private readonly record struct Recent(THead Head, uint Reference, long Version);

    /// <summary>A place in a leaf.</summary>
    /// <param name="Index">How many entries stand before it.</param>
    /// <param name="IsThere">Whether the next one is the key that was looked for.</param>
    private readonly record struct LeafPlace(int Index, bool IsThere);

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

        private Probe(THead head, bool isBehind)
        {
            IsBehind = isBehind;
            Head = head;
            IsDecided = true;
        }

        internal ReadOnlySpan<byte> Bytes { get; }

        internal bool IsBehind { get; }

        internal THead Head { get; }

        /// <summary>Whether heads alone decide: an entry with this very head begins with the bytes.</summary>
        internal bool IsDecided { get; }

        internal static Probe Before(ReadOnlySpan<byte> bytes) => new(bytes, isBehind: false);

        internal static Probe Behind(ReadOnlySpan<byte> bytes) => new(bytes, isBehind: true);

        /// <summary>The place of a whole key that is not longer than its head.</summary>
        internal static Probe Whole(THead head, bool isBehind) => new(head, isBehind);

        internal bool StandsBehind(ReadOnlySpan<byte> key)
        {
            int order = key[..Math.Min(key.Length, Bytes.Length)].SequenceCompareTo(Bytes);
            return order < 0 || (order == 0 && IsBehind);
        }
    }
}
