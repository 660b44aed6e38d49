namespace Interstice.TestKit.Engines;

/// <content>NaN (docs/semantics.md): what arithmetic makes is canonical, what is moved keeps its bits.</content>
public abstract partial class ModuleEngineContract
{
    private const int CanonicalSingle = 0x7fc00000;
    private const int CanonicalDoubleHigh = 0x7ff80000;

    [Fact]
    public void A_NaN_that_arithmetic_makes_is_canonical() => WithGuest("contract", guest =>
    {
        for (int way = 0; way <= 4; way++) guest.Call("nan_bits", way).ShouldBe(CanonicalSingle, $"way {way}");
        for (int way = 5; way <= 6; way++)
        {
            guest.Call("nan_bits", way, 0).ShouldBe(0, $"way {way}");
            guest.Call("nan_bits", way, 1).ShouldBe(CanonicalDoubleHigh, $"way {way}");
        }
    });

    [Theory]
    [InlineData(unchecked((int)0xffa12345))]
    [InlineData(0x7f800001)]
    [InlineData(unchecked((int)0xffc00000))]
    [InlineData(0x7fffffff)]
    public void A_NaN_that_is_moved_keeps_its_bits(int bits) => WithGuest("contract", guest =>
        guest.Call("moved_bits", bits).ShouldBe(bits));
}
