using Interstice.Host.Reducers;

namespace Interstice.Host.Tests.Reducers;

public sealed class RandomSequenceTests
{
    // Goal: recorded calls give the same numbers for ever, so the numbers of two seeds are written down here.
    // Source of the values: an independent implementation of splitmix64 and xoshiro256** in Python.
    [Theory]
    [InlineData(0, 0, new[] { 0xdec90d521e93e35dUL, 0x99ec5f36cb75f2b4UL, 0xc1e929cc87cc00d6UL, 0x262af50ba231140bUL })]
    [InlineData(0x123456789abcdefUL, 0xfedcba9876543210UL, new[] { 0x3decabf6a07ece5dUL, 0x756815b0a1a9d500UL, 0x8df859fcd774da1eUL, 0x38a5a3a9df9365dfUL })]
    public void A_seed_gives_the_numbers_that_are_written_down(ulong high, ulong low, ulong[] expected)
    {
        var sequence = new RandomSequence(new UInt128(high, low));

        ulong[] numbers = [sequence.Next(), sequence.Next(), sequence.Next(), sequence.Next()];

        numbers.ShouldBe(expected);
    }

    [Fact]
    public void Each_half_of_the_seed_changes_the_numbers()
    {
        static string Start(ulong high, ulong low)
        {
            var sequence = new RandomSequence(new UInt128(high, low));
            return $"{sequence.Next():x} {sequence.Next():x} {sequence.Next():x}";
        }

        new[] { Start(0, 0), Start(1, 0), Start(0, 1), Start(1, 1) }.Distinct().Count().ShouldBe(4);
    }
}
