using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

public sealed class PackedBitsTests
{
    [Fact]
    public void Bits_taken_out_and_put_back_are_the_same_with_and_without_the_instruction()
    {
        RandomTest.Run(2000, random =>
        {
            // From no bit to all of them, in few runs or in many.
            ulong mask = random.Next(3) switch
            {
                0 => Word(random) & Word(random),
                1 => ulong.MaxValue << random.Next(64),
                _ => (ulong.MaxValue >> random.Next(64)) ^ (ulong.MaxValue >> random.Next(64)),
            };
            ulong word = Word(random);
            ulong packed = BitByBit(word, mask);
            PackedBits.ExtractRuns(word, mask).ShouldBe(packed);
            PackedBits.Extract(word, mask).ShouldBe(packed);
            PackedBits.DepositRuns(packed, mask).ShouldBe(word & mask);
            PackedBits.Deposit(packed, mask).ShouldBe(word & mask);
        });
    }

    [Theory]
    [InlineData(0x0000000000000000UL, 0x0000000000000000UL)]
    [InlineData(0x0100000000000080UL, 0xFF000000000000FFUL)]
    [InlineData(0x00007F0080000100UL, 0x0000FF00FF00FF00UL)]
    [InlineData(0xFFFFFFFFFFFFFFFFUL, 0xFFFFFFFFFFFFFFFFUL)]
    public void Whole_bytes_are_exactly_those_that_are_not_zero(ulong word, ulong mask) => PackedBits.WholeBytes(word).ShouldBe(mask);

    [Theory]
    [InlineData(1UL, 0UL)]
    [InlineData(2UL, 1UL)]
    [InlineData(0x0000000000418000UL, 0x00000000003FFFFFUL)]
    [InlineData(0x8000000000000000UL, 0x7FFFFFFFFFFFFFFFUL)]
    public void Behind_the_first_bit_are_all_lower_ones(ulong word, ulong mask) => PackedBits.Behind(word).ShouldBe(mask);

    // Goal: packed heads compare like whole ones, also for a head that differs in bits which the others share. Method: random
    // masks and bases; every order is compared with that of the whole numbers.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Heads_compare_outside_and_inside_a_mask_as_they_do_whole(bool areBytesWhole)
    {
        RandomTest.Run(3000, random =>
        {
            KeyHead16 mask = MaskOfFew(random);
            if (areBytesWhole) mask = KeyHead16.WholeBytes(mask);
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

    // In eight bytes at most, also when these are made whole.
    private static KeyHead16 MaskOfFew(Random random) => new(
        Word(random) & (random.Next(2) == 0 ? 0x0700030000010080 : 0UL), Word(random) & (random.Next(2) == 0 ? 0x0001005000000101 : 0UL));

    private static KeyHead16 Head(Random random) =>
        new((ulong)random.NextInt64(4) << random.Next(64), (ulong)random.NextInt64(4) << random.Next(64));

    private static ulong Word(Random random) => (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 13);

    private static ulong BitByBit(ulong word, ulong mask)
    {
        (ulong packed, int done) = (0, 0);
        for (int bit = 0; bit < 64; bit++)
            if (((mask >> bit) & 1) != 0) packed |= ((word >> bit) & 1) << done++;
        return packed;
    }
}
