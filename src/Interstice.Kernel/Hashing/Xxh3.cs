using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Hashing;

/// <summary>XXH3, 128 bits, seeded, written from its public specification (xxhash_spec.md, version 0.7.3 of the text). Not
/// cryptographic: fast on short input and well mixed.</summary>
/// <remarks>The specification has five ranges of length with a procedure each; those for up to 240 bytes are here.</remarks>
public static partial class Xxh3
{
    private const uint Prime32A = 0x9E3779B1;
    private const uint Prime32B = 0x85EBCA77;
    private const uint Prime32C = 0xC2B2AE3D;
    private const ulong Prime64A = 0x9E3779B185EBCA87;
    private const ulong Prime64B = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime64C = 0x165667B19E3779F9;
    private const ulong Prime64D = 0x85EBCA77C2B2AE63;
    private const ulong Prime64E = 0x27D4EB2F165667C5;
    private const ulong PrimeMix1 = 0x165667919E3779F9;
    private const ulong PrimeMix2 = 0x9FB21C651E98DF25;

    private const int MediumMax = 240;

    // The default secret of the specification.
    private static ReadOnlySpan<byte> Secret =>
    [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
        0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
        0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
        0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
        0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
        0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
        0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
        0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
        0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
        0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
        0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
        0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ];

    /// <summary>The 128-bit hash of some bytes.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="seed">Another seed, another hash; 0 is the unseeded function.</param>
    public static UInt128 Hash128(ReadOnlySpan<byte> input, ulong seed)
    {
        ref byte data = ref MemoryMarshal.GetReference(input);
        ref byte secret = ref MemoryMarshal.GetReference(Secret);
        return input.Length switch
        {
            0 => HashEmpty(ref secret, seed),
            <= 3 => HashTo3(ref data, input.Length, ref secret, seed),
            <= 8 => HashTo8(ref data, input.Length, ref secret, seed),
            <= 16 => HashTo16(ref data, input.Length, ref secret, seed),
            <= 128 => HashTo128(ref data, input.Length, ref secret, seed),
            <= MediumMax => HashTo240(ref data, input.Length, ref secret, seed),
            _ => HashLong(input, seed),
        };
    }

    private static UInt128 HashEmpty(ref byte secret, ulong seed) => new(
        upper: AvalancheOld(seed ^ Read64(ref secret, 80) ^ Read64(ref secret, 88)),
        lower: AvalancheOld(seed ^ Read64(ref secret, 64) ^ Read64(ref secret, 72)));

    private static UInt128 HashTo3(ref byte data, int length, ref byte secret, ulong seed)
    {
        uint last = Unsafe.Add(ref data, length - 1);
        uint middle = Unsafe.Add(ref data, length >> 1);
        uint combined = last | ((uint)length << 8) | ((uint)data << 16) | (middle << 24);
        uint mirrored = BitOperations.RotateLeft(BinaryPrimitives.ReverseEndianness(combined), 13);
        ulong low = ((Read32(ref secret, 0) ^ Read32(ref secret, 4)) + seed) ^ combined;
        ulong high = ((Read32(ref secret, 8) ^ Read32(ref secret, 12)) - seed) ^ mirrored;
        return new UInt128(AvalancheOld(high), AvalancheOld(low));
    }

    private static UInt128 HashTo8(ref byte data, int length, ref byte secret, ulong seed)
    {
        ulong first = Read32(ref data, 0);
        ulong last = Read32(ref data, length - 4);
        ulong modified = seed ^ ((ulong)BinaryPrimitives.ReverseEndianness((uint)seed) << 32);
        ulong value = ((Read64(ref secret, 16) ^ Read64(ref secret, 24)) + modified) ^ (first | (last << 32));
        ulong high = Math.BigMul(value, Prime64A + ((ulong)length << 2), out ulong low);
        high += low << 1;
        low ^= high >> 3;
        low ^= low >> 35;
        low *= PrimeMix2;
        low ^= low >> 28;
        return new UInt128(Avalanche(high), low);
    }

    private static UInt128 HashTo16(ref byte data, int length, ref byte secret, ulong seed)
    {
        ulong first = Read64(ref data, 0);
        ulong last = Read64(ref data, length - 8);
        ulong value1 = ((Read64(ref secret, 32) ^ Read64(ref secret, 40)) - seed) ^ first ^ last;
        ulong value2 = ((Read64(ref secret, 48) ^ Read64(ref secret, 56)) + seed) ^ last;
        ulong high = Math.BigMul(value1, Prime64A, out ulong low);
        low += (ulong)(length - 1) << 54;
        high += value2 + (ulong)(uint)value2 * (Prime32B - 1);
        low ^= BinaryPrimitives.ReverseEndianness(high);
        ulong high2 = Math.BigMul(low, Prime64B, out low);
        return new UInt128(Avalanche(high2 + high * Prime64B), Avalanche(low));
    }

    private static UInt128 HashTo128(ref byte data, int length, ref byte secret, ulong seed)
    {
        ulong low = (ulong)length * Prime64A;
        ulong high = 0;
        for (int i = (length - 1) >> 5; i >= 0; i--)
        {
            ref byte end = ref Unsafe.Add(ref data, length - i * 16 - 16);
            MixTwo(ref low, ref high, ref Unsafe.Add(ref data, i * 16), ref end, ref Unsafe.Add(ref secret, i * 32), seed);
        }

        return FinishMedium(low, high, length, seed);
    }

    private static UInt128 HashTo240(ref byte data, int length, ref byte secret, ulong seed)
    {
        ulong low = (ulong)length * Prime64A;
        ulong high = 0;
        for (int i = 0; i < 128; i += 32) MixChunk(ref low, ref high, ref data, i, ref Unsafe.Add(ref secret, i), seed);
        low = Avalanche(low);
        high = Avalanche(high);
        for (int i = 128; i + 32 <= length; i += 32)
            MixChunk(ref low, ref high, ref data, i, ref Unsafe.Add(ref secret, i - 128 + 3), seed);
        ref byte last = ref Unsafe.Add(ref data, length - 16);
        ref byte beforeLast = ref Unsafe.Add(ref data, length - 32);
        MixTwo(ref low, ref high, ref last, ref beforeLast, ref Unsafe.Add(ref secret, 103), 0 - seed);
        return FinishMedium(low, high, length, seed);
    }

    private static void MixChunk(ref ulong low, ref ulong high, ref byte data, int offset, ref byte secret, ulong seed) =>
        MixTwo(ref low, ref high, ref Unsafe.Add(ref data, offset), ref Unsafe.Add(ref data, offset + 16), ref secret, seed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MixTwo(ref ulong low, ref ulong high, ref byte data1, ref byte data2, ref byte secret, ulong seed)
    {
        ulong a = Read64(ref data1, 0), b = Read64(ref data1, 8), c = Read64(ref data2, 0), d = Read64(ref data2, 8);
        low = (low + Fold(a ^ (Read64(ref secret, 0) + seed), b ^ (Read64(ref secret, 8) - seed))) ^ (c + d);
        high = (high + Fold(c ^ (Read64(ref secret, 16) + seed), d ^ (Read64(ref secret, 24) - seed))) ^ (a + b);
    }

    private static UInt128 FinishMedium(ulong low, ulong high, int length, ulong seed) => new(
        upper: 0 - Avalanche(low * Prime64A + high * Prime64D + ((ulong)length - seed) * Prime64B),
        lower: Avalanche(low + high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return low ^ high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Avalanche(ulong value)
    {
        value = (value ^ (value >> 37)) * PrimeMix1;
        return value ^ (value >> 32);
    }

    // The final mixing of XXH64, which XXH3 keeps for the shortest inputs.
    private static ulong AvalancheOld(ulong value)
    {
        value = (value ^ (value >> 33)) * Prime64B;
        value = (value ^ (value >> 29)) * Prime64C;
        return value ^ (value >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ref byte source, int offset)
    {
        ulong value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, offset));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ref byte source, int offset)
    {
        uint value = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, offset));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}
