using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Interstice.Kernel.Tables;

/// <summary>The leading bytes of a key as a number that compares like them: what an index keeps of each key.</summary>
/// <typeparam name="TSelf">The kind of head.</typeparam>
internal interface IKeyHead<TSelf>
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

    /// <summary>How many of some rising heads stand before one.</summary>
    static abstract int CountBelow(ref TSelf heads, int count, TSelf head);

    /// <summary>How many of some rising heads do not stand behind one.</summary>
    static abstract int CountUpTo(ref TSelf heads, int count, TSelf head);
}

/// <summary>Eight bytes of a key.</summary>
internal readonly record struct KeyHead8(ulong Value) : IKeyHead<KeyHead8>
{
    public static int Length => sizeof(ulong);

    public static KeyHead8 Of(ReadOnlySpan<byte> key, byte fill)
    {
        if (key.Length >= sizeof(ulong)) return new KeyHead8(BinaryPrimitives.ReadUInt64BigEndian(key));
        Span<byte> filled = stackalloc byte[sizeof(ulong)];
        filled.Fill(fill);
        key.CopyTo(filled);
        return new KeyHead8(BinaryPrimitives.ReadUInt64BigEndian(filled));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLess(KeyHead8 left, KeyHead8 right) => left.Value < right.Value;

    public static int CountUpTo(ref KeyHead8 heads, int count, KeyHead8 head) =>
        head.Value == ulong.MaxValue ? count : CountBelow(ref heads, count, new KeyHead8(head.Value + 1));

    // Looks at all heads instead of jumping about: their loads do not wait for each other, which counts when the node is not
    // in the cache.
    public static int CountBelow(ref KeyHead8 heads, int count, KeyHead8 head)
    {
        if (!Vector512.IsHardwareAccelerated) return KeySearch.CountBelow(ref heads, count, head);
        ref ulong values = ref Unsafe.As<KeyHead8, ulong>(ref heads);
        Vector512<ulong> bound = Vector512.Create(head.Value);
        int below = 0;
        int i = 0;
        for (; i <= count - 8; i += 8)
            below += BitOperations.PopCount(Vector512.LessThan(Vector512.LoadUnsafe(ref values, (nuint)i), bound).ExtractMostSignificantBits());
        for (; i < count; i++) below += Unsafe.Add(ref values, i) < head.Value ? 1 : 0;
        return below;
    }
}

/// <summary>Sixteen bytes of a key.</summary>
internal readonly record struct KeyHead16(ulong High, ulong Low) : IKeyHead<KeyHead16>
{
    public static int Length => 2 * sizeof(ulong);

    public static KeyHead16 Of(ReadOnlySpan<byte> key, byte fill)
    {
        if (key.Length >= 2 * sizeof(ulong)) return Read(key);
        Span<byte> filled = stackalloc byte[2 * sizeof(ulong)];
        filled.Fill(fill);
        key.CopyTo(filled);
        return Read(filled);
    }

    // Without a jump: in a binary search each outcome is as likely as the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLess(KeyHead16 left, KeyHead16 right) =>
        (left.High < right.High) | ((left.High == right.High) & (left.Low < right.Low));

    public static int CountBelow(ref KeyHead16 heads, int count, KeyHead16 head) => KeySearch.CountBelow(ref heads, count, head);

    public static int CountUpTo(ref KeyHead16 heads, int count, KeyHead16 head) => KeySearch.CountUpTo(ref heads, count, head);

    private static KeyHead16 Read(ReadOnlySpan<byte> key) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key[sizeof(ulong)..]));
}
