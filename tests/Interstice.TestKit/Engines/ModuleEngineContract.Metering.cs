using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <content>Fuel and call depth, as docs/formats/fuel.md counts them.</content>
public abstract partial class ModuleEngineContract
{
    [Fact]
    public void Fuel_is_counted_by_the_schedule() => WithGuest("contract", guest =>
    {
        // Three instructions and the end; six in a turn with the loop's end, and loop, local.get and the end outside.
        guest.FuelOf("add", 1, 2).ShouldBe(4UL);
        guest.FuelOf("turns", 1).ShouldBe(3UL + 9);
        guest.FuelOf("turns", 1000).ShouldBe(3UL + (9 * 1000));
    });

    [Fact]
    public void A_call_takes_the_same_fuel_every_time_and_in_every_instance()
    {
        List<ulong> taken = [];
        for (int i = 0; i < 2; i++)
        {
            WithGuest("contract", guest =>
            {
                for (int j = 0; j < 3; j++) taken.Add(guest.FuelOf("deep", 50));
            });
        }

        taken.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Fuel_is_what_was_set_and_what_is_charged_is_taken() => WithGuest("contract", guest =>
    {
        guest.Instance.Fuel = 1_000;
        guest.Instance.Fuel.ShouldBe(1_000UL);
        guest.Instance.ChargeFuel(400);
        guest.Instance.ChargeFuel(600);
        guest.Instance.Fuel.ShouldBe(0UL);
        guest.Instance.ChargeFuel(0);
        Should.Throw<ModuleTrapException>(() => guest.Instance.ChargeFuel(1)).Kind.ShouldBe(ModuleTrapKind.Fuel);
        guest.Instance.Fuel = 5;
        Should.Throw<ModuleTrapException>(() => guest.Instance.ChargeFuel(6)).Kind.ShouldBe(ModuleTrapKind.Fuel);
        guest.Instance.Fuel.ShouldBe(0UL);
    });

    [Fact]
    public void The_last_unit_of_fuel_is_enough_and_one_less_is_not() => WithGuest("contract", guest =>
    {
        foreach ((string function, int argument) in ((string, int)[])[("add", 0), ("turns", 7), ("deep", 9), ("early_often", 5)])
        {
            ulong needed = guest.FuelOf(function, argument);
            guest.CallWith(needed, function, argument);
            guest.Instance.Fuel.ShouldBe(0UL);
            Should.Throw<ModuleTrapException>(() => guest.CallWith(needed - 1, function, argument))
                .Kind.ShouldBe(ModuleTrapKind.Fuel);
            guest.Instance.Fuel.ShouldBe(0UL);
        }

        Should.Throw<ModuleTrapException>(() => guest.CallWith(0, "add")).Kind.ShouldBe(ModuleTrapKind.Fuel);
    });

    [Fact]
    public void An_endless_loop_ends_with_its_fuel() => WithGuest("contract", guest =>
    {
        guest.Trap("for_ever").Kind.ShouldBe(ModuleTrapKind.Fuel);
        guest.Instance.Fuel.ShouldBe(0UL);
        guest.Call("add", 2, 3).ShouldBe(5);
    });

    [Fact]
    public void More_fuel_than_a_signed_number_holds_is_no_less() => WithGuest("contract", guest =>
        guest.CallWith(ulong.MaxValue, "turns", 100).ShouldBe(0));

    [Fact]
    public void Bulk_operations_cost_by_their_length() => WithGuest("contract", guest =>
    {
        ulong small = guest.FuelOf("fill", 0, 63);
        guest.FuelOf("fill", 0, 64).ShouldBe(small + 1);
        guest.FuelOf("fill", 0, 64_000).ShouldBe(small + 1_000);
        guest.FuelOf("copy", 0, 64_000).ShouldBe(guest.FuelOf("copy", 0, 63) + 1_000);
        guest.FuelOf("grow_things", 1).ShouldBe(guest.FuelOf("grow_things", 0));
        Should.Throw<ModuleTrapException>(() => guest.CallWith(900, "fill", 0, 64_000)).Kind.ShouldBe(ModuleTrapKind.Fuel);

        // The charge comes first: what would be out of bounds and is not paid for runs out of fuel.
        Should.Throw<ModuleTrapException>(() => guest.CallWith(900, "fill", 0, int.MaxValue)).Kind.ShouldBe(ModuleTrapKind.Fuel);
        guest.Trap("fill", 0, 63_000_000).Kind.ShouldBe(ModuleTrapKind.MemoryOutOfBounds);
        guest.Trap("init_slot", 0, 640).Kind.ShouldBe(ModuleTrapKind.Table);
    });

    [Fact]
    public void Host_calls_cost_what_they_charge() => WithGuest("contract", guest =>
    {
        ulong one = guest.FuelOf("now_often", 1);
        guest.FuelOf("now_often", 11).ShouldBe(one + (10 * (10UL + 9)));
        Should.Throw<ModuleTrapException>(() => guest.CallWith(one - 1, "now_often", 1)).Kind.ShouldBe(ModuleTrapKind.Fuel);
    });

    [Fact]
    public void Calls_nest_as_deeply_as_the_limit_says() => WithGuest("contract", guest =>
    {
        // The first call counts too: depth 199 is the two-hundredth nested one.
        guest.Call("deep", Limits.CallDepthMax - 1).ShouldBe(Limits.CallDepthMax - 1);
        guest.Trap("deep", Limits.CallDepthMax).Kind.ShouldBe(ModuleTrapKind.Depth);
        guest.Call("deep", Limits.CallDepthMax - 1).ShouldBe(Limits.CallDepthMax - 1);
    });

    [Fact]
    public void Depth_is_given_back_however_a_function_is_left() => WithGuest("contract", guest =>
    {
        guest.Call("early_often", 1_000);
        guest.Call("deep", Limits.CallDepthMax - 1).ShouldBe(Limits.CallDepthMax - 1);
        for (int i = 0; i < 2 * Limits.CallDepthMax; i++) guest.Trap("trap_below", -1).Kind.ShouldBe(ModuleTrapKind.MemoryOutOfBounds);
        guest.Call("deep", Limits.CallDepthMax - 1).ShouldBe(Limits.CallDepthMax - 1);
    });

    [Fact]
    public void The_limit_of_depth_can_be_large()
    {
        ModuleLimits deep = Limits with { CallDepthMax = 5_000 };
        WithGuest("contract", deep, guest =>
        {
            guest.Call("deep", 4_999).ShouldBe(4_999);
            guest.Trap("deep", int.MaxValue).Kind.ShouldBe(ModuleTrapKind.Depth);
        });
    }
}
