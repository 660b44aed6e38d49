using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Interstice.Kernel.Tables;

/// <summary>A B+tree over order-preserving key bytes: maps each key to the reference of its row, in order. Not thread-safe.</summary>
/// <remarks>
/// Nodes are blocks of one size in large arrays, named by number; nothing is allocated per entry and nothing is there for the
/// garbage collector to trace. Entries keep the head of their key (<see cref="IKeyHead{TSelf}"/>) and the reference; where
/// heads are equal, whole keys are computed from the rows. A leaf keeps only those bits of its heads in which they differ,
/// in 2 to 8 or 16 bytes each (docs/decisions/0048-leaves.md). Leaves are linked both ways.
/// Invariants: entries stand in strictly rising order of their keys; no key is a prefix of another; all leaves are on one
/// level; entry i of an inner node is the smallest entry of its child i; no node is empty but the leaf of an empty tree.
/// </remarks>
internal abstract class BTree
{
    internal const int NodeBytes = 2048;
    protected const int NoNode = -1;
    protected const int HeaderBytes = 16;

    private const int CacheLineBytes = 64;
    private const int SlabShift = 6;
    private const int SlabMask = (1 << SlabShift) - 1;
    private const int ArrayOverheadBytes = 24;

    private byte[][] _slabs = new byte[1][];
    private int _nodeCount;
    private int _nodeCapacity;
    private int _freeNode = NoNode;

    protected BTree(EntryKeys keys)
    {
        Keys = keys;
        FirstLeaf = Root = NewNode();
        LastLeaf = Root;
    }

    /// <summary>Makes a tree whose entries keep as much of their keys as pays.</summary>
    /// <param name="keys">Computes whole keys.</param>
    /// <param name="keyLength">Length of the part of the key that tells entries apart, or null where it varies.</param>
    internal static BTree Create(EntryKeys keys, int? keyLength) =>
        keyLength <= KeyHead8.Length ? new BTree<KeyHead8>(keys) : new BTree<KeyHead16>(keys);

    /// <summary>Number of entries.</summary>
    internal long Count { get; private protected set; }

    /// <summary>Rises with each change, so that an open scan can tell.</summary>
    internal long Version { get; private protected set; }

    /// <summary>Bytes of all arrays, used or not.</summary>
    internal long MemoryBytes
    {
        get
        {
            long bytes = _slabs.Length * (long)IntPtr.Size;
            foreach (byte[]? slab in _slabs) bytes += slab is null ? 0 : slab.Length + ArrayOverheadBytes;
            return bytes;
        }
    }

    protected EntryKeys Keys { get; }

    protected int Root { get; set; }

    protected int Height { get; set; }

    protected int FirstLeaf { get; set; }

    protected int LastLeaf { get; set; }

    /// <summary>The reference of the entry with a whole key, or <see cref="RowSource.NoRow"/>.</summary>
    internal abstract uint Find(ReadOnlySpan<byte> key);

    /// <summary>The reference of the first entry whose key begins with a prefix, or <see cref="RowSource.NoRow"/>.</summary>
    internal abstract uint FindFirst(ReadOnlySpan<byte> prefix);

    /// <summary>Adds an entry.</summary>
    /// <returns><see langword="false"/>, and nothing is changed, if the key is there already.</returns>
    internal abstract bool Insert(ReadOnlySpan<byte> key, uint reference);

    /// <summary>Adds many entries, sorting them first.</summary>
    /// <param name="references">The entries.</param>
    /// <returns><see langword="false"/>, and only some are in, if a key is there already.</returns>
    internal abstract bool TryInsertAll(ReadOnlySpan<uint> references);

    /// <summary>Whether the heads of entries are their whole keys: then nothing but the tree itself is needed to insert what was
    /// prepared.</summary>
    internal abstract bool AreHeadsWhole { get; }

    /// <summary>The part of <see cref="TryInsertAll"/> that reads rows.</summary>
    internal abstract void Prepare(ReadOnlySpan<uint> references);

    /// <summary>The other part, once. Where <see cref="AreHeadsWhole"/> says so, the rows may change meanwhile.</summary>
    internal abstract bool TryInsertPrepared();

    /// <summary>Takes an entry out.</summary>
    /// <returns>Its reference, or <see cref="RowSource.NoRow"/> if there is no such key.</returns>
    internal abstract uint Remove(ReadOnlySpan<byte> key);

    /// <summary>Gives an entry another reference.</summary>
    /// <returns><see langword="false"/> if there is no such key.</returns>
    internal abstract bool Replace(ReadOnlySpan<byte> key, uint reference);

    /// <summary>Fills an empty tree.</summary>
    /// <param name="references">The entries.</param>
    /// <param name="areInOrder">Whether they stand in the order of their keys; otherwise they are sorted.</param>
    /// <returns><see langword="false"/>, and nothing is changed, if two keys are the same or the order is another one.</returns>
    internal abstract bool TryBuild(ReadOnlySpan<uint> references, bool areInOrder);

    /// <summary>The place before or behind all keys that begin with a prefix.</summary>
    internal abstract TreePosition Seek(ReadOnlySpan<byte> prefix, bool behind);

    /// <summary>Whether two or more keys begin with a prefix.</summary>
    internal abstract bool HasTwins(ReadOnlySpan<byte> prefix);

    /// <summary>Checks every invariant; for tests.</summary>
    /// <exception cref="InvalidOperationException">One does not hold; the message names it.</exception>
    internal abstract void Verify();

    /// <summary>Tells open scans that something was changed which the tree does not hold yet.</summary>
    internal void NoteChange() => Version++;

    /// <summary>Takes all entries out and keeps the memory.</summary>
    internal void Clear()
    {
        _nodeCount = 0;
        _freeNode = NoNode;
        Count = 0;
        Version++;
        Height = 0;
        FirstLeaf = Root = NewNode();
        LastLeaf = Root;
    }

    internal TreePosition Begin() => Count == 0 ? TreePosition.End : new TreePosition(FirstLeaf, 0);

    internal uint ReferenceAt(TreePosition position) => Unsafe.Add(ref LeafReferences(position.Leaf), position.Index);

    /// <summary>Number of entries in a leaf.</summary>
    internal int CountIn(int leaf) => Header(leaf).Count;

    /// <summary>The place behind the entry at a place.</summary>
    internal TreePosition Next(TreePosition position) => Normalize(position.Leaf, position.Index + 1);

    /// <summary>The place before the entry that stands before a place; there must be one.</summary>
    internal TreePosition Previous(TreePosition position)
    {
        if (position.Index > 0) return new TreePosition(position.Leaf, position.Index - 1);
        int leaf = position.Leaf == NoNode ? LastLeaf : Header(position.Leaf).Previous;
        return new TreePosition(leaf, Header(leaf).Count - 1);
    }

    protected TreePosition Normalize(int leaf, int index)
    {
        ref NodeHeader header = ref Header(leaf);
        if (index < header.Count) return new TreePosition(leaf, index);
        return header.Next == NoNode ? TreePosition.End : new TreePosition(header.Next, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref NodeHeader Header(int node) => ref Unsafe.As<byte, NodeHeader>(ref Block(node));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref byte Block(int node) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slabs[node >> SlabShift]), (node & SlabMask) * NodeBytes);

    // The search of a leaf looks all over it: fetching all its lines at once costs one wait for memory instead of several.
    // Inner nodes are few and in the cache anyway.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected unsafe void Prefetch(int leaf)
    {
        if (!Sse.IsSupported) return;
        byte* block = (byte*)Unsafe.AsPointer(ref Block(leaf));
        for (int line = 0; line < NodeBytes; line += CacheLineBytes) Sse.Prefetch0(block + line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref uint LeafReferences(int leaf)
    {
        ref byte block = ref Block(leaf);
        return ref Unsafe.As<byte, uint>(ref Unsafe.Add(ref block, Unsafe.As<byte, NodeHeader>(ref block).ReferencesOffset));
    }

    // May move the first slab: no reference into a block survives this call.
    protected int NewNode()
    {
        int node = _freeNode;
        if (node != NoNode) _freeNode = Header(node).Next;
        else
        {
            if (_nodeCount == _nodeCapacity) AddNodes();
            node = _nodeCount++;
        }

        Header(node) = new NodeHeader { Next = NoNode, Previous = NoNode };
        return node;
    }

    protected void FreeNode(int node)
    {
        Header(node).Next = _freeNode;
        _freeNode = node;
    }

    private void AddNodes()
    {
        int slab = _nodeCount >> SlabShift;
        if (slab == _slabs.Length) Array.Resize(ref _slabs, slab * 2);
        bool isFirst = slab == 0;
        int nodes = isFirst ? Math.Max(1, _nodeCapacity * 2) : SlabMask + 1;
        byte[] block = GC.AllocateUninitializedArray<byte>(nodes * NodeBytes);
        if (isFirst) _slabs[0]?.CopyTo(block.AsSpan());
        _slabs[slab] = block;
        _nodeCapacity = isFirst ? nodes : _nodeCapacity + nodes;
    }

    /// <summary>Begins each block.</summary>
    [StructLayout(LayoutKind.Sequential, Size = HeaderBytes)]
    protected struct NodeHeader
    {
        internal int Next;
        internal int Previous;
        internal ushort Count;

        /// <summary>Of a leaf: where its references begin.</summary>
        internal ushort ReferencesOffset;

        /// <summary>Of a leaf: bytes that it keeps of each head; 0 before its first entry.</summary>
        internal ushort Width;

        /// <summary>Of a leaf: how many entries of this width it can hold.</summary>
        internal ushort Capacity;
    }
}
