using System.Globalization;
using Interstice.Kernel.Hashing;

namespace Interstice.Kernel.Tests.Hashing;

/// <summary>The vectors are those that the reference implementation's own sanity check publishes.</summary>
public sealed class Xxh3Tests
{
    private const ulong Prime32 = 0x9E3779B1;
    private const ulong Prime64 = 0x9E3779B185EBCA8D;

    [Theory]
    [InlineData(0, 0, "99aa06d3014798d86001c324468d497f")]
    [InlineData(0, Prime32, "92220ae55e14ab505444f7869c671ab0")]
    [InlineData(1, 0, "a6cd5e9392000f6ac44bdff4074eecdb")]
    [InlineData(1, Prime32, "89b99554ba22467cb53d5557e7f76f8d")]
    [InlineData(6, 0, "082afe0b8162d12a3e7039bdda43cfc6")]
    [InlineData(6, Prime32, "5a865b5389abd2b1269d8f70be98856e")]
    [InlineData(12, 0, "6e3efd8fc7802b18061a192713f69ad9")]
    [InlineData(12, Prime32, "d7e09d518a3405d39be9f9a67f3c7dfb")]
    [InlineData(24, 0, "0ce966e4678d37611e7044d28b1b901d")]
    [InlineData(24, Prime32, "3162026714a6a243d7304c54ebad40a9")]
    [InlineData(48, 0, "a002ac4e5478227ef942219aed80f67b")]
    [InlineData(48, Prime32, "163adde36c0722957ba3c3e453a1934e")]
    [InlineData(81, 0, "4952f58181ab00425e8bafb9f95fb803")]
    [InlineData(81, Prime32, "2724ec7adc750fb6703fbb3d7a5f755c")]
    [InlineData(222, 0, "337e09641b948717f1aebd597cec6b3a")]
    [InlineData(222, Prime32, "91820016621e97f1ae995bb8af917a8d")]
    [InlineData(403, 0, "1b6de21e332dd73dcdeb804d65c6dea4")]
    [InlineData(403, Prime64, "bed311971e0be8f26259f6ecfd6443fd")]
    [InlineData(512, 0, "18d2d110dcc9bca1617e49599013cb6b")]
    [InlineData(512, Prime64, "925d06b8ec5b80403ce457de14c27708")]
    [InlineData(2048, 0, "f736557fd47073a5dd59e2c3a5f038e0")]
    [InlineData(2048, Prime32, "7fb03f7e7186c3ea230d43f30206260b")]
    [InlineData(2240, 0, "ccb134fbfa7ce49d6e73a90539cf2948")]
    [InlineData(2240, Prime32, "50a1fe17b338995fed385111126fba6f")]
    [InlineData(2367, 0, "e89c0f6ff369b427cb37aeb9e5d361ed")]
    public void Hash_of_the_published_input_is_the_published_one(int length, ulong seed, string expected)
    {
        Xxh3.Hash128(PublishedInput(length), seed).ToString("x32", CultureInfo.InvariantCulture).ShouldBe(expected);
    }

    // Goal: no length has a byte or a bit that does not count. Method: flip each bit of inputs of all lengths around the
    // borders of the five procedures.
    [Fact]
    public void Every_bit_and_the_length_and_the_seed_change_the_hash()
    {
        foreach (int length in (int[])[1, 3, 4, 8, 9, 16, 17, 31, 32, 33, 128, 129, 159, 160, 240, 241, 1024, 1025])
        {
            byte[] input = PublishedInput(length);
            UInt128 hash = Xxh3.Hash128(input, 7);
            Xxh3.Hash128(input.AsSpan(0, length - 1), 7).ShouldNotBe(hash);
            Xxh3.Hash128(input, 8).ShouldNotBe(hash);
            for (int bit = 0; bit < length * 8; bit++)
            {
                input[bit / 8] ^= (byte)(1 << (bit % 8));
                Xxh3.Hash128(input, 7).ShouldNotBe(hash, $"length {length}, bit {bit}");
                input[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static byte[] PublishedInput(int length)
    {
        byte[] bytes = new byte[length];
        ulong generator = Prime32;
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(generator >> 56);
            generator *= Prime64;
        }

        return bytes;
    }
}
