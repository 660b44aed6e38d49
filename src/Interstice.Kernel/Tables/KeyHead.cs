using System.Buffers.Binary;
using System.Runtime.CompilerServices;

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

    private static KeyHead16 Read(ReadOnlySpan<byte> key) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key[sizeof(ulong)..]));
}
