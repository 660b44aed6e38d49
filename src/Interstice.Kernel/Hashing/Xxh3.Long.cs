using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Hashing;

/// <content>Inputs of more than 240 bytes: eight lanes over stripes of 64 bytes, scrambled after each block.</content>
public static partial class Xxh3
{
    private const int Lanes = 8;
    private const int StripeBytes = 64;
    private const int SecretBytes = 192;
    private const int SecretStep = 8;
    private const int StripesPerBlock = (SecretBytes - StripeBytes) / SecretStep;
    private const int BlockBytes = StripeBytes * StripesPerBlock;

    private static UInt128 HashLong(ReadOnlySpan<byte> input, ulong seed)
    {
        Span<byte> secretBytes = stackalloc byte[SecretBytes];
        DeriveSecret(seed, secretBytes);
        ref byte secret = ref MemoryMarshal.GetReference(secretBytes);
        Span<ulong> lanes = [Prime32C, Prime64A, Prime64B, Prime64C, Prime64D, Prime32B, Prime64E, Prime32A];
        ref ulong lane = ref MemoryMarshal.GetReference(lanes);
        ref byte data = ref MemoryMarshal.GetReference(input);
        // The last block, even a full one, is not scrambled.
        int blocks = (input.Length - 1) / BlockBytes;
        for (int block = 0; block < blocks; block++)
        {
            Accumulate(ref lane, ref Unsafe.Add(ref data, block * BlockBytes), StripesPerBlock, ref secret);
            Scramble(ref lane, ref Unsafe.Add(ref secret, SecretBytes - StripeBytes));
        }

        int rest = input.Length - blocks * BlockBytes;
        Accumulate(ref lane, ref Unsafe.Add(ref data, blocks * BlockBytes), (rest - 1) / StripeBytes, ref secret);
        ref byte lastStripe = ref Unsafe.Add(ref data, input.Length - StripeBytes);
        Accumulate(ref lane, ref lastStripe, 1, ref Unsafe.Add(ref secret, SecretBytes - 71));
        ulong length = (ulong)input.Length;
        return new UInt128(
            upper: Merge(ref lane, ~(length * Prime64B), ref Unsafe.Add(ref secret, SecretBytes - 75)),
            lower: Merge(ref lane, length * Prime64A, ref Unsafe.Add(ref secret, 11)));
    }

    private static void DeriveSecret(ulong seed, Span<byte> derived)
    {
        for (int i = 0; i < SecretBytes; i += sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(Secret[i..]);
            bool isEven = i % (2 * sizeof(ulong)) == 0;
            BinaryPrimitives.WriteUInt64LittleEndian(derived[i..], isEven ? word + seed : word - seed);
        }
    }

    private static void Accumulate(ref ulong lane, ref byte data, int stripes, ref byte secret)
    {
        for (int stripe = 0; stripe < stripes; stripe++)
        {
            for (int i = 0; i < Lanes; i += 2)
            {
                ulong even = Read64(ref data, i * 8), odd = Read64(ref data, i * 8 + 8);
                ulong evenKey = even ^ Read64(ref secret, i * 8), oddKey = odd ^ Read64(ref secret, i * 8 + 8);
                Unsafe.Add(ref lane, i) += odd + (ulong)(uint)evenKey * (evenKey >> 32);
                Unsafe.Add(ref lane, i + 1) += even + (ulong)(uint)oddKey * (oddKey >> 32);
            }

            data = ref Unsafe.Add(ref data, StripeBytes);
            secret = ref Unsafe.Add(ref secret, SecretStep);
        }
    }

    private static void Scramble(ref ulong lane, ref byte secret)
    {
        for (int i = 0; i < Lanes; i++)
        {
            ref ulong value = ref Unsafe.Add(ref lane, i);
            value = (value ^ (value >> 47) ^ Read64(ref secret, i * 8)) * Prime32A;
        }
    }

    private static ulong Merge(ref ulong lane, ulong start, ref byte secret)
    {
        for (int i = 0; i < Lanes; i += 2)
        {
            ulong left = Unsafe.Add(ref lane, i) ^ Read64(ref secret, i * 8);
            start += Fold(left, Unsafe.Add(ref lane, i + 1) ^ Read64(ref secret, i * 8 + 8));
        }

        return Avalanche(start);
    }
}
