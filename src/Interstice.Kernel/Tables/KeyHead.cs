using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Interstice.Kernel.Tables;

/// <summary>The leading bytes of a key as a number that compares like them: what an index keeps of each key. Also used as a
/// mask of bits.</summary>
/// <typeparam name="TSelf">The kind of head.</typeparam>
internal interface IKeyHead<TSelf> : IEquatable<TSelf>
    where TSelf : unmanaged, IKeyHead<TSelf>
{
    /// <summary>Bytes of a key that a head holds.</summary>
    static abstract int Length { get; }

    /// <summary>The head of a key.</summary>
    /// <param name="key">The key, or a prefix of one.</param>
    /// <param name="fill">0 or 255, in place of bytes that are not there.</param>
    static abstract TSelf Of(ReadOnlySpan<byte> key, byte fill);

    /// <summary>Whether one head stands before another.</summary>
    static abstract bool IsLess(TSelf left, TSelf right);

    /// <summary>Spreads heads evenly; the upper bits are the best.</summary>
    static abstract ulong Scatter(TSelf head);

    /// <summary>The mask of the bits in which two heads differ, and of those of another mask.</summary>
    static abstract TSelf Differing(TSelf left, TSelf right, TSelf mask);

    /// <summary>A mask of all bytes of which another has a bit.</summary>
    static abstract TSelf WholeBytes(TSelf mask);

    /// <summary>Number of bits in a mask.</summary>
    static abstract int BitsIn(TSelf mask);

    /// <summary>Puts the bits of a mask, 64 at most, side by side. Heads that are equal in all other bits compare like what
    /// comes out.</summary>
    static abstract ulong Pack(TSelf head, TSelf mask);

    /// <summary>Undoes <see cref="Pack"/>, with the bits outside the mask from another head.</summary>
    static abstract TSelf Unpack(ulong packed, TSelf mask, TSelf other);

    /// <summary>Compares a head with others in the bits outside a mask, in which those are all equal.</summary>
    /// <param name="head">The head; if the answer is not 0, all bits behind the first that differs become equal ones: 0 if it
    /// is less there, 1 if it is greater, so that its packed bits compare as the head does.</param>
    /// <param name="other">One of the others.</param>
    /// <param name="mask">The mask.</param>
    /// <returns>0 if it is equal in all of these bits, else the order of the first that differs.</returns>
    static abstract int CompareOutside(ref TSelf head, TSelf other, TSelf mask);
}

/// <summary>Eight bytes of a key.</summary>
internal readonly record struct KeyHead8(ulong Value) : IKeyHead<KeyHead8>
{
    public static int Length => sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KeyHead8 Of(ReadOnlySpan<byte> key, byte fill) =>
        key.Length >= sizeof(ulong) ? new KeyHead8(BinaryPrimitives.ReadUInt64BigEndian(key)) : OfShort(key, fill);

    private static KeyHead8 OfShort(ReadOnlySpan<byte> key, byte fill)
    {
        Span<byte> filled = stackalloc byte[sizeof(ulong)];
        filled.Fill(fill);
        key.CopyTo(filled);
        return new KeyHead8(BinaryPrimitives.ReadUInt64BigEndian(filled));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLess(KeyHead8 left, KeyHead8 right) => left.Value < right.Value;

    public static ulong Scatter(KeyHead8 head) => head.Value * PackedBits.Golden;

    public static KeyHead8 Differing(KeyHead8 left, KeyHead8 right, KeyHead8 mask) =>
        new(mask.Value | (left.Value ^ right.Value));

    public static KeyHead8 WholeBytes(KeyHead8 mask) => new(PackedBits.WholeBytes(mask.Value));

    public static int BitsIn(KeyHead8 mask) => BitOperations.PopCount(mask.Value);

    public static ulong Pack(KeyHead8 head, KeyHead8 mask) => PackedBits.Extract(head.Value, mask.Value);

    public static KeyHead8 Unpack(ulong packed, KeyHead8 mask, KeyHead8 other) =>
        new(PackedBits.Deposit(packed, mask.Value) | (other.Value & ~mask.Value));

    public static int CompareOutside(ref KeyHead8 head, KeyHead8 other, KeyHead8 mask)
    {
        ulong different = (head.Value ^ other.Value) & ~mask.Value;
        if (different == 0) return 0;
        bool isLess = (head.Value & ~mask.Value) < (other.Value & ~mask.Value);
        ulong behind = PackedBits.Behind(different);
        head = new KeyHead8(isLess ? head.Value & ~behind : head.Value | behind);
        return isLess ? -1 : 1;
    }
}

/// <summary>Sixteen bytes of a key.</summary>
internal readonly record struct KeyHead16(ulong High, ulong Low) : IKeyHead<KeyHead16>
{
    public static int Length => 2 * sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KeyHead16 Of(ReadOnlySpan<byte> key, byte fill) =>
        key.Length >= 2 * sizeof(ulong) ? Read(key) : OfShort(key, fill);

    private static KeyHead16 OfShort(ReadOnlySpan<byte> key, byte fill)
    {
        Span<byte> filled = stackalloc byte[2 * sizeof(ulong)];
        filled.Fill(fill);
        key.CopyTo(filled);
        return Read(filled);
    }

    // Without a jump: in a binary search each outcome is as likely as the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLess(KeyHead16 left, KeyHead16 right) =>
        (left.High < right.High) | ((left.High == right.High) & (left.Low < right.Low));

    public static ulong Scatter(KeyHead16 head) => ((head.High * PackedBits.Golden) ^ head.Low) * PackedBits.Golden;

    public static KeyHead16 Differing(KeyHead16 left, KeyHead16 right, KeyHead16 mask) =>
        new(mask.High | (left.High ^ right.High), mask.Low | (left.Low ^ right.Low));

    public static KeyHead16 WholeBytes(KeyHead16 mask) => new(PackedBits.WholeBytes(mask.High), PackedBits.WholeBytes(mask.Low));

    public static int BitsIn(KeyHead16 mask) => BitOperations.PopCount(mask.High) + BitOperations.PopCount(mask.Low);

    // Where all 64 bits are of the low half there are none of the high half, and shifting by 64, which is by 0, is harmless.
    public static ulong Pack(KeyHead16 head, KeyHead16 mask) =>
        (PackedBits.Extract(head.High, mask.High) << BitOperations.PopCount(mask.Low)) | PackedBits.Extract(head.Low, mask.Low);

    public static KeyHead16 Unpack(ulong packed, KeyHead16 mask, KeyHead16 other) => new(
        PackedBits.Deposit(packed >> BitOperations.PopCount(mask.Low), mask.High) | (other.High & ~mask.High),
        PackedBits.Deposit(packed, mask.Low) | (other.Low & ~mask.Low));

    public static int CompareOutside(ref KeyHead16 head, KeyHead16 other, KeyHead16 mask)
    {
        var high = new KeyHead8(head.High);
        int order = KeyHead8.CompareOutside(ref high, new KeyHead8(other.High), new KeyHead8(mask.High));
        if (order != 0)
        {
            head = new KeyHead16(high.Value, order < 0 ? 0 : ulong.MaxValue);
            return order;
        }

        var low = new KeyHead8(head.Low);
        order = KeyHead8.CompareOutside(ref low, new KeyHead8(other.Low), new KeyHead8(mask.Low));
        head = head with { Low = low.Value };
        return order;
    }

    private static KeyHead16 Read(ReadOnlySpan<byte> key) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key[sizeof(ulong)..]));
}
