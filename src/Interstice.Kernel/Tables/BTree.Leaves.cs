using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Tables;

/// <content>What a leaf holds. Most bytes of neighbouring keys are the same; a leaf keeps them once (its base) with the mask
/// of the bytes in which its heads differ, and of each head these bytes alone, packed into 4 or 8 bytes, or the whole head
/// where more differ. What is packed compares like the heads.</content>
internal sealed partial class BTree<THead>
{
    private const int NarrowWidth = sizeof(uint);
    private const int MiddleWidth = sizeof(ulong);

    private static int MaskOffset => HeaderBytes;

    private static int BaseOffset => HeaderBytes + Unsafe.SizeOf<THead>();

    private static int PackedOffset => HeaderBytes + 2 * Unsafe.SizeOf<THead>();

    private static int LeafCapacity(int width) => (NodeBytes - PackedOffset) / (width + sizeof(uint));

    // The most entries that a leaf can have, whatever its width.
    private static int LeafCapacityMax => LeafCapacity(NarrowWidth);

    private static int WidthOf(THead mask)
    {
        int bytes = THead.BytesIn(mask);
        return bytes <= NarrowWidth ? NarrowWidth : bytes <= MiddleWidth ? MiddleWidth : Unsafe.SizeOf<THead>();
    }

    private ref THead Mask(int leaf) => ref Unsafe.As<byte, THead>(ref Unsafe.Add(ref Block(leaf), MaskOffset));

    private ref THead Base(int leaf) => ref Unsafe.As<byte, THead>(ref Unsafe.Add(ref Block(leaf), BaseOffset));

    private ref byte Packed(int leaf) => ref Unsafe.Add(ref Block(leaf), PackedOffset);

    private THead HeadAt(int leaf, int index)
    {
        ref byte packed = ref Packed(leaf);
        return Header(leaf).Width switch
        {
            NarrowWidth => THead.Unpack(Unsafe.Add(ref Unsafe.As<byte, uint>(ref packed), index), Mask(leaf), Base(leaf)),
            MiddleWidth => THead.Unpack(Unsafe.Add(ref Unsafe.As<byte, ulong>(ref packed), index), Mask(leaf), Base(leaf)),
            _ => Unsafe.Add(ref Unsafe.As<byte, THead>(ref packed), index),
        };
    }

    private void SetHead(int leaf, int index, THead head)
    {
        ref byte packed = ref Packed(leaf);
        switch (Header(leaf).Width)
        {
            case NarrowWidth:
                Unsafe.Add(ref Unsafe.As<byte, uint>(ref packed), index) = (uint)THead.Pack(head, Mask(leaf));
                break;
            case MiddleWidth:
                Unsafe.Add(ref Unsafe.As<byte, ulong>(ref packed), index) = THead.Pack(head, Mask(leaf));
                break;
            default:
                Unsafe.Add(ref Unsafe.As<byte, THead>(ref packed), index) = head;
                break;
        }
    }

    /// <summary>How many heads of a leaf are less than one, and how many are not greater.</summary>
    private (int Low, int High) TiesOf(int leaf, THead head)
    {
        int count = Header(leaf).Count;
        int width = Header(leaf).Width;
        if (count == 0) return (0, 0);
        if (width > MiddleWidth) return TiesOfWhole(leaf, count, head);
        int order = THead.CompareOutside(ref head, Base(leaf), Mask(leaf));
        ulong packed = THead.Pack(head, Mask(leaf));
        // A head that differs outside the mask has no equal here: it stands before or behind all that share its packed bytes.
        int low = order > 0 ? 0 : CountBelow(leaf, width, count, packed);
        if (order < 0) return (low, low);
        int high = packed == ulong.MaxValue ? count : CountBelow(leaf, width, count, packed + 1);
        return order > 0 ? (high, high) : (low, high);
    }

    /// <summary>The reference of the first entry of a leaf with a head.</summary>
    private uint FindInLeaf(int leaf, THead head)
    {
        int count = Header(leaf).Count;
        int width = Header(leaf).Width;
        int index;
        if (width > MiddleWidth) index = KeySearch.CountBelow(ref Unsafe.As<byte, THead>(ref Packed(leaf)), count, head);
        else
        {
            THead packed = head;
            if (count == 0 || THead.CompareOutside(ref packed, Base(leaf), Mask(leaf)) != 0) return RowSource.NoRow;
            index = CountBelow(leaf, width, count, THead.Pack(head, Mask(leaf)));
        }

        bool isThere = index < count && HeadAt(leaf, index).Equals(head);
        return isThere ? Unsafe.Add(ref LeafReferences(leaf), index) : RowSource.NoRow;
    }

    private int CountBelow(int leaf, int width, int count, ulong packed)
    {
        if (width == MiddleWidth) return KeySearch.CountBelow(ref Unsafe.As<byte, ulong>(ref Packed(leaf)), count, packed);
        return packed > uint.MaxValue ? count
            : KeySearch.CountBelow(ref Unsafe.As<byte, uint>(ref Packed(leaf)), count, (uint)packed);
    }

    private (int Low, int High) TiesOfWhole(int leaf, int count, THead head)
    {
        ref THead heads = ref Unsafe.As<byte, THead>(ref Packed(leaf));
        int low = KeySearch.CountBelow(ref heads, count, head);
        bool hasTie = low < count && !THead.IsLess(head, Unsafe.Add(ref heads, low));
        return (low, hasTie ? KeySearch.CountUpTo(ref heads, count, head) : low);
    }

    /// <summary>Puts an entry into a leaf, if it fits.</summary>
    private bool TryInsertAt(int leaf, int index, THead head, uint reference)
    {
        ref NodeHeader header = ref Header(leaf);
        if (header.Count == 0) Shape(leaf, default, head);
        else if (header.Width <= MiddleWidth)
        {
            THead mask = THead.Differing(head, Base(leaf), Mask(leaf));
            if (!mask.Equals(Mask(leaf)) && !TryReshape(leaf, mask)) return false;
        }

        int count = header.Count;
        if (count == header.Capacity) return false;
        MoveWithin(leaf, index, index + 1, count - index);
        header.Count++;
        SetHead(leaf, index, head);
        Unsafe.Add(ref LeafReferences(leaf), index) = reference;
        return true;
    }

    private void MoveWithin(int leaf, int from, int to, int count)
    {
        int width = Header(leaf).Width;
        ref byte packed = ref Packed(leaf);
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref packed, from * width), count * width)
            .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref packed, to * width), count * width));
        Copy(ref LeafReferences(leaf), from, ref LeafReferences(leaf), to, count);
    }

    // Gives a leaf a wider mask, if its entries and one more fit then.
    [SkipLocalsInit]
    private bool TryReshape(int leaf, THead mask)
    {
        int count = Header(leaf).Count;
        if (count + 1 > LeafCapacity(WidthOf(mask))) return false;
        Span<THead> heads = stackalloc THead[count];
        Span<uint> references = stackalloc uint[count];
        Read(leaf, heads, references);
        Store(leaf, mask, heads, references);
        return true;
    }

    private int Read(int leaf, Span<THead> heads, Span<uint> references)
    {
        int count = Header(leaf).Count;
        for (int i = 0; i < count; i++) heads[i] = HeadAt(leaf, i);
        MemoryMarshal.CreateReadOnlySpan(ref LeafReferences(leaf), count).CopyTo(references);
        return count;
    }

    private void Store(int leaf, THead mask, ReadOnlySpan<THead> heads, ReadOnlySpan<uint> references)
    {
        Shape(leaf, mask, heads[0]);
        Header(leaf).Count = (ushort)heads.Length;
        for (int i = 0; i < heads.Length; i++) SetHead(leaf, i, heads[i]);
        references.CopyTo(MemoryMarshal.CreateSpan(ref LeafReferences(leaf), heads.Length));
    }

    private void Shape(int leaf, THead mask, THead head)
    {
        int width = WidthOf(mask);
        int capacity = LeafCapacity(width);
        ref NodeHeader header = ref Header(leaf);
        header.Width = (ushort)width;
        header.Capacity = (ushort)capacity;
        header.ReferencesOffset = (ushort)(PackedOffset + capacity * width);
        Mask(leaf) = mask;
        Base(leaf) = head;
    }

    private static THead MaskOf(ReadOnlySpan<THead> heads)
    {
        THead mask = default;
        foreach (THead head in heads) mask = THead.Differing(head, heads[0], mask);
        return mask;
    }
}
