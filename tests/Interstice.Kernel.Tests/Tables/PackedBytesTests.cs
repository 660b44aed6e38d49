using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

public sealed class PackedBytesTests
{
    [Fact]
    public void Bytes_taken_out_and_put_back_are_the_same_with_and_without_the_instruction()
    {
        RandomTest.Run(2000, random =>
        {
            ulong mask = PackedBytes.NonZero((ulong)random.NextInt64() & PackedBytes.NonZero((ulong)random.NextInt64() & 0x0101010101010101));
            ulong word = (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 13);
            ulong packed = PackedBytes.ExtractBytes(word, mask);
            PackedBytes.Extract(word, mask).ShouldBe(packed);
            PackedBytes.DepositBytes(packed, mask).ShouldBe(word & mask);
            PackedBytes.Deposit(packed, mask).ShouldBe(word & mask);
        });
    }

    [Theory]
    [InlineData(0x0000000000000000UL, 0x0000000000000000UL)]
    [InlineData(0x0100000000000080UL, 0xFF000000000000FFUL)]
    [InlineData(0x00007F0080000100UL, 0x0000FF00FF00FF00UL)]
    [InlineData(0xFFFFFFFFFFFFFFFFUL, 0xFFFFFFFFFFFFFFFFUL)]
    public void Mask_covers_exactly_the_bytes_that_are_not_zero(ulong word, ulong mask) => PackedBytes.NonZero(word).ShouldBe(mask);

    // Goal: packed heads compare like whole ones, also for a head that differs in bytes which the others share. Method: random
    // masks and bases; every order is compared with that of the whole numbers.
    [Fact]
    public void Heads_compare_outside_and_inside_a_mask_as_they_do_whole()
    {
        RandomTest.Run(3000, random =>
        {
            KeyHead16 mask = Head(random) is var bits ? KeyHead16.Differing(new KeyHead16(bits.High & 0x0100010000010001, bits.Low & 0x0001000001000101), default, default) : default;
            KeyHead16 other = Head(random);
            KeyHead16 stored = KeyHead16.Unpack(KeyHead16.Pack(Head(random), mask), mask, other);
            KeyHead16 head = random.Next(2) == 0 ? Head(random) : KeyHead16.Unpack(KeyHead16.Pack(Head(random), mask), mask, other);
            if (random.Next(4) == 0) head = stored;
            bool isLess = KeyHead16.IsLess(stored, head), isEqual = stored == head;
            KeyHead16 bound = head;
            int order = KeyHead16.CompareOutside(ref bound, other, mask);
            ulong packed = KeyHead16.Pack(bound, mask), storedPacked = KeyHead16.Pack(stored, mask);
            (order == 0 && storedPacked == packed).ShouldBe(isEqual);
            bool isBelow = order > 0 ? storedPacked <= packed : storedPacked < packed;
            isBelow.ShouldBe(isLess);
        });
    }

    private static KeyHead16 Head(Random random) =>
        new((ulong)random.NextInt64(4) << (8 * random.Next(8)), (ulong)random.NextInt64(4) << (8 * random.Next(8)));
}
