namespace Interstice.TestKit.Engines;

/// <content>Every call begins from the initial image (docs/semantics.md).</content>
public abstract partial class ModuleEngineContract
{
    [Fact]
    public void The_image_is_what_the_initialisation_left() => WithGuest("contract", guest =>
    {
        for (int i = 0; i < 3; i++)
        {
            guest.Call("load", 512).ShouldBe(77);
            guest.Call("bump").ShouldBe(10 + 2 + 3 + 4 + 7 + 1);
            guest.Call("bump").ShouldBe(11 + 3 + 4 + 5 + 8);
            guest.Call("store", 512, 1);
            guest.Instance.Reset();
        }
    });

    [Fact]
    public void The_start_function_runs_once_and_is_part_of_the_image() => WithGuest("start", guest =>
    {
        for (int i = 0; i < 3; i++)
        {
            guest.Call("count").ShouldBe((2 * 100) + 7);
            guest.Call("count").ShouldBe((3 * 100) + 8);
            guest.Instance.Reset();
        }
    });

    [Fact]
    public void Memory_goes_back_in_content_and_size() => WithGuest("contract", guest =>
    {
        for (int i = 0; i < 3; i++)
        {
            int[] addresses = [0, 4, 4092, 4096, 65_532, 65_536, 100_000, 131_068];
            foreach (int address in addresses) guest.Call("load", address).ShouldBe(0, $"address {address}");
            foreach (int address in addresses) guest.Call("store", address, -1);
            guest.Call("fill", 70_000, 5_000);
            guest.Instance.Write(90_000, 8).Fill(3);
            guest.Call("grow", 4).ShouldBe(2);
            guest.Call("store", 300_000, -1);
            guest.Instance.Reset();
            guest.Call("size").ShouldBe(2);
            guest.Call("load", 70_004).ShouldBe(0);
            guest.Call("load", 90_000).ShouldBe(0);
            guest.Call("grow", 4).ShouldBe(2);
            guest.Call("load", 300_000).ShouldBe(0);
            guest.Instance.Reset();
        }
    });

    [Fact]
    public void Tables_go_back_in_content_and_size() => WithGuest("contract", guest =>
    {
        for (int i = 0; i < 3; i++)
        {
            guest.Call("slots_size").ShouldBe(4);
            guest.Call("call_slot", 1).ShouldBe(1);
            guest.Call("slot_is_null", 2).ShouldBe(1);
            guest.Call("set_slot", 1, 0);
            guest.Call("set_slot", 2, 1);
            guest.Call("grow_slots", 3).ShouldBe(4);
            guest.Call("init_slot", 5, 1);
            guest.Call("call_slot", 5).ShouldBe(2);
            guest.Instance.Reset();
        }
    });

    [Fact]
    public void Dropped_segments_come_back() => WithGuest("contract", guest =>
    {
        for (int i = 0; i < 3; i++)
        {
            guest.Call("init_data", 600, 4).ShouldBe(0x2a);
            guest.Call("drop_data");
            guest.Trap("init_data", 600, 1);
            guest.Call("drop_elements");
            guest.Trap("init_slot", 0, 1);
            guest.Instance.Reset();
        }
    });

    [Fact]
    public void A_trap_does_not_stand_in_the_way_of_a_reset() => WithGuest("contract", guest =>
    {
        guest.Call("bump");
        guest.Trap("for_ever");
        guest.Instance.Reset();
        guest.Trap("deep", int.MaxValue);
        guest.Instance.Reset();
        guest.Call("bump").ShouldBe(27);
    });

    [Fact]
    public void A_reset_takes_no_fuel() => WithGuest("contract", guest =>
    {
        guest.Instance.Fuel = 1234;
        guest.Instance.Reset();
        guest.Instance.Fuel.ShouldBe(1234UL);
        ulong before = guest.FuelOf("bump");
        guest.Instance.Reset();
        guest.FuelOf("bump").ShouldBe(before);
    });
}
