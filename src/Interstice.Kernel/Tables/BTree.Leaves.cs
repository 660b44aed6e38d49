using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Tables;

/// <content>What a leaf holds. Most bits of neighbouring keys are the same; a leaf keeps them once (its base) with the mask of
/// the bits in which its heads differ, and of each head these bits alone, packed into 2 to 8 bytes, or the whole head where
/// more differ. What is packed compares like the heads. Its first 4 bytes (2 where it has 2 or 3) stand in one array, the
/// front, which is all that most searches look at, and those behind them in another, the back.</content>
internal sealed partial class BTree<THead>
{
    private const int FrontBytes = sizeof(uint);
    private const int ShortFrontBytes = sizeof(ushort);
    private const int PackedBytesMax = sizeof(ulong);

    private static int MaskOffset => HeaderBytes;

    private static int BaseOffset => HeaderBytes + Unsafe.SizeOf<THead>();

    private static int FrontOffset => HeaderBytes + 2 * Unsafe.SizeOf<THead>();

    // The most entries that a leaf can have, whatever its width.
    private static int LeafCapacityMax => LeafCapacity(ShortFrontBytes);

    // An even number, so that the references behind a short front are aligned.
    private static int LeafCapacity(int width) => (NodeBytes - FrontOffset) / (width + sizeof(uint)) & ~1;

    private static int WidthOf(THead mask)
    {
        int bits = THead.BitsIn(mask);
        return bits switch
        {
            <= 8 * ShortFrontBytes => ShortFrontBytes,
            <= 48 => (bits + 7) / 8,
            <= 8 * PackedBytesMax => PackedBytesMax,
            _ => Unsafe.SizeOf<THead>(),
        };
    }

    private static int FrontWidth(int width) =>
        width > PackedBytesMax ? width : width >= FrontBytes ? FrontBytes : ShortFrontBytes;

    private static int BackWidth(int width) => width - FrontWidth(width);

    // Whole bytes where they take no more room: then fewer new heads differ in bits that are not in the mask yet.
    private static THead Settle(THead mask)
    {
        THead bytes = THead.WholeBytes(mask);
        return WidthOf(bytes) == WidthOf(mask) ? bytes : mask;
    }

    private ref THead Mask(int leaf) => ref Unsafe.As<byte, THead>(ref Unsafe.Add(ref Block(leaf), MaskOffset));

    private ref THead Base(int leaf) => ref Unsafe.As<byte, THead>(ref Unsafe.Add(ref Block(leaf), BaseOffset));

    private ref T Front<T>(int leaf)
        where T : unmanaged => ref Unsafe.As<byte, T>(ref Unsafe.Add(ref Block(leaf), FrontOffset));

    private ref T Back<T>(int leaf)
        where T : unmanaged
    {
        ref byte block = ref Block(leaf);
        ref NodeHeader header = ref Unsafe.As<byte, NodeHeader>(ref block);
        return ref Unsafe.As<byte, T>(ref Unsafe.Add(ref block, header.ReferencesOffset + header.Capacity * sizeof(uint)));
    }

    private THead HeadAt(int leaf, int index) => Header(leaf).Width > PackedBytesMax
        ? Unsafe.Add(ref Front<THead>(leaf), index) : THead.Unpack(PackedAt(leaf, index), Mask(leaf), Base(leaf));

    private ulong PackedAt(int leaf, int index)
    {
        int width = Header(leaf).Width;
        ulong front = width >= FrontBytes ? Unsafe.Add(ref Front<uint>(leaf), index) : Unsafe.Add(ref Front<ushort>(leaf), index);
        return BackWidth(width) switch
        {
            0 => front,
            sizeof(byte) => (front << 8) | Unsafe.Add(ref Back<byte>(leaf), index),
            sizeof(ushort) => (front << 16) | Unsafe.Add(ref Back<ushort>(leaf), index),
            _ => (front << 32) | Unsafe.Add(ref Back<uint>(leaf), index),
        };
    }

    private void SetHead(int leaf, int index, THead head)
    {
        int width = Header(leaf).Width;
        if (width > PackedBytesMax)
        {
            Unsafe.Add(ref Front<THead>(leaf), index) = head;
            return;
        }

        ulong packed = THead.Pack(head, Mask(leaf));
        int backWidth = BackWidth(width);
        ulong front = packed >> (8 * backWidth);
        if (width >= FrontBytes) Unsafe.Add(ref Front<uint>(leaf), index) = (uint)front;
        else Unsafe.Add(ref Front<ushort>(leaf), index) = (ushort)front;
        switch (backWidth)
        {
            case 0:
                break;
            case sizeof(byte):
                Unsafe.Add(ref Back<byte>(leaf), index) = (byte)packed;
                break;
            case sizeof(ushort):
                Unsafe.Add(ref Back<ushort>(leaf), index) = (ushort)packed;
                break;
            default:
                Unsafe.Add(ref Back<uint>(leaf), index) = (uint)packed;
                break;
        }
    }

    /// <summary>How many heads of a leaf are less than one, and how many are not greater.</summary>
    private (int Low, int High) TiesOf(int leaf, THead head)
    {
        int count = Header(leaf).Count;
        int width = Header(leaf).Width;
        if (count == 0) return (0, 0);
        if (width > PackedBytesMax) return TiesOfWhole(leaf, count, head);
        int order = THead.CompareOutside(ref head, Base(leaf), Mask(leaf));
        ulong packed = THead.Pack(head, Mask(leaf));
        // A head that differs outside the mask has no equal here: it stands before or behind all that share its packed bits.
        if (order > 0)
        {
            int upTo = CountUpTo(leaf, width, count, packed);
            return (upTo, upTo);
        }

        int low = CountBelow(leaf, width, count, packed);
        bool hasTie = order == 0 && low < count && PackedAt(leaf, low) == packed;
        return (low, hasTie ? CountUpTo(leaf, width, count, packed) : low);
    }

    /// <summary>The reference of the first entry of a leaf with a head.</summary>
    private uint FindInLeaf(int leaf, THead head)
    {
        int count = Header(leaf).Count;
        int width = Header(leaf).Width;
        int index;
        bool isThere;
        if (width > PackedBytesMax)
        {
            ref THead heads = ref Front<THead>(leaf);
            index = KeySearch.CountBelow(ref heads, count, head);
            isThere = index < count && Unsafe.Add(ref heads, index).Equals(head);
        }
        else
        {
            if (count == 0 || THead.CompareOutside(ref head, Base(leaf), Mask(leaf)) != 0) return RowSource.NoRow;
            ulong packed = THead.Pack(head, Mask(leaf));
            index = CountBelow(leaf, width, count, packed);
            isThere = index < count && PackedAt(leaf, index) == packed;
        }

        return isThere ? Unsafe.Add(ref LeafReferences(leaf), index) : RowSource.NoRow;
    }

    private int CountUpTo(int leaf, int width, int count, ulong packed) =>
        packed == ulong.MaxValue ? count : CountBelow(leaf, width, count, packed + 1);

    private int CountBelow(int leaf, int width, int count, ulong packed)
    {
        int backBits = 8 * BackWidth(width);
        ulong front = packed >> backBits;
        if (width < FrontBytes)
            return front > ushort.MaxValue ? count : CountBelow(leaf, ref Front<ushort>(leaf), (ushort)front, count, backBits, packed);
        return front > uint.MaxValue ? count : CountBelow(leaf, ref Front<uint>(leaf), (uint)front, count, backBits, packed);
    }

    // The back decides among those whose front is the same.
    private int CountBelow<TFront>(int leaf, ref TFront fronts, TFront front, int count, int backBits, ulong packed)
        where TFront : unmanaged, IBinaryInteger<TFront>
    {
        int below = KeySearch.CountLess(ref fronts, count, front);
        if (backBits == 0 || below == count || Unsafe.Add(ref fronts, below) != front) return below;
        int ties = front == TFront.AllBitsSet ? count - below
            : KeySearch.CountLess(ref Unsafe.Add(ref fronts, below), count - below, front + TFront.One);
        return below + backBits switch
        {
            8 * sizeof(byte) => KeySearch.CountLess(ref Unsafe.Add(ref Back<byte>(leaf), below), ties, (byte)packed),
            8 * sizeof(ushort) => KeySearch.CountLess(ref Unsafe.Add(ref Back<ushort>(leaf), below), ties, (ushort)packed),
            _ => KeySearch.CountLess(ref Unsafe.Add(ref Back<uint>(leaf), below), ties, (uint)packed),
        };
    }

    private (int Low, int High) TiesOfWhole(int leaf, int count, THead head)
    {
        ref THead heads = ref Front<THead>(leaf);
        int low = KeySearch.CountBelow(ref heads, count, head);
        bool hasTie = low < count && !THead.IsLess(head, Unsafe.Add(ref heads, low));
        return (low, hasTie ? KeySearch.CountUpTo(ref heads, count, head) : low);
    }

    /// <summary>Puts an entry into a leaf, if it fits.</summary>
    private bool TryInsertAt(int leaf, int index, THead head, uint reference)
    {
        ref NodeHeader header = ref Header(leaf);
        if (header.Count == 0) Shape(leaf, default, head);
        else if (header.Width <= PackedBytesMax)
        {
            THead mask = THead.Differing(head, Base(leaf), Mask(leaf));
            if (!mask.Equals(Mask(leaf)) && !TryReshape(leaf, Settle(mask))) return false;
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
        MoveBytes(ref Front<byte>(leaf), FrontWidth(width), from, to, count);
        Copy(ref LeafReferences(leaf), from, ref LeafReferences(leaf), to, count);
        if (BackWidth(width) > 0) MoveBytes(ref Back<byte>(leaf), BackWidth(width), from, to, count);
    }

    private static void MoveBytes(ref byte first, int width, int from, int to, int count) =>
        Copy(ref first, from * width, ref first, to * width, count * width);

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
        header.ReferencesOffset = (ushort)(FrontOffset + capacity * FrontWidth(width));
        Mask(leaf) = mask;
        Base(leaf) = head;
    }

    private static THead MaskOf(ReadOnlySpan<THead> heads)
    {
        THead mask = default;
        foreach (THead head in heads) mask = THead.Differing(head, heads[0], mask);
        return Settle(mask);
    }
}
