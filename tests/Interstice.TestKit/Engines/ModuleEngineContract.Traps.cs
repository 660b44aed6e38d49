using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <content>Every way in which a guest can be stopped.</content>
public abstract partial class ModuleEngineContract
{
    [Theory]
    [InlineData("trap_unreachable", 0, 0, ModuleTrapKind.Unreachable)]
    [InlineData("divide", 1, 0, ModuleTrapKind.Arithmetic)]
    [InlineData("divide", int.MinValue, -1, ModuleTrapKind.Arithmetic)]
    [InlineData("remainder", 1, 0, ModuleTrapKind.Arithmetic)]
    [InlineData("truncate_bits", 0x7fc00000, 0, ModuleTrapKind.Arithmetic)]
    [InlineData("truncate_bits", 0x4f000000, 0, ModuleTrapKind.Arithmetic)]
    [InlineData("load", 131_069, 0, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("load", -1, 0, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("store", 131_069, 0, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("load8_beyond", 16, 0, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("fill", 131_072, 1, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("copy", 131_000, 100, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("init_data", 0, 5, ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("call_slot", 0, 0, ModuleTrapKind.Table)]
    [InlineData("call_slot", 4, 0, ModuleTrapKind.Table)]
    [InlineData("call_slot", -1, 0, ModuleTrapKind.Table)]
    [InlineData("slot_is_null", 4, 0, ModuleTrapKind.Table)]
    [InlineData("set_slot", 4, 0, ModuleTrapKind.Table)]
    [InlineData("fill_slots", 3, 2, ModuleTrapKind.Table)]
    [InlineData("copy_slots", 3, 2, ModuleTrapKind.Table)]
    [InlineData("init_slot", 4, 1, ModuleTrapKind.Table)]
    [InlineData("init_slot", 0, 2, ModuleTrapKind.Table)]
    public void A_trap_has_its_kind_and_the_next_call_works(string function, int first, int second, ModuleTrapKind kind) =>
        WithGuest("contract", guest =>
        {
            ModuleTrapException trap = guest.Trap(function, first, second);
            trap.Kind.ShouldBe(kind, trap.Message);
            trap.Message.ShouldContain($"\"{function}\"");
            guest.Call("add", 40, 2).ShouldBe(42);
        });

    [Fact]
    public void A_call_through_a_table_of_another_type_traps() => WithGuest("contract", guest =>
    {
        guest.Call("call_slot", 1).ShouldBe(1);
        guest.Call("set_slot", 1, 1);
        guest.Trap("call_slot", 1).Kind.ShouldBe(ModuleTrapKind.Table);
    });

    [Fact]
    public void A_trap_names_the_innermost_function() => WithGuest("contract", guest =>
        guest.Trap("trap_below", -1).Message.ShouldContain("\"innermost\""));

    [Fact]
    public void What_the_guest_did_before_a_trap_stays_until_the_reset() => WithGuest("contract", guest =>
    {
        guest.Call("store", 300, 5);
        guest.Trap("trap_unreachable");
        guest.Call("load", 300).ShouldBe(5);
        guest.Instance.Reset();
        guest.Call("load", 300).ShouldBe(0);
    });

    [Fact]
    public void Dividing_at_the_border_does_not_trap_where_the_result_exists() => WithGuest("contract", guest =>
    {
        guest.Call("divide", int.MinValue, 1).ShouldBe(int.MinValue);
        guest.Call("truncate_bits", unchecked((int)0xcf000000)).ShouldBe(int.MinValue);
        guest.Call("remainder", -1, 2).ShouldBe(1);
        guest.Call("several_results", 21).ShouldBe(42);
    });
}
