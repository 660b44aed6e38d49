using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <content>Memory and tables: what the host sees of them, and their limits.</content>
public abstract partial class ModuleEngineContract
{
    private const int PageBytes = 65_536;

    [Fact]
    public void The_host_reads_and_writes_what_the_guest_does() => WithGuest("contract", guest =>
    {
        guest.Call("store", 100, 0x01020304);
        guest.Instance.Read(100, 4).ToArray().ShouldBe([4, 3, 2, 1]);
        guest.Instance.Write(100, 4)[0] = 9;
        guest.Call("load", 100).ShouldBe(0x01020309);
    });

    [Fact]
    public void The_host_reaches_the_last_byte_and_none_beyond() => WithGuest("contract", guest =>
    {
        const int end = 2 * PageBytes;
        guest.Instance.Read(end - 1, 1).Length.ShouldBe(1);
        guest.Instance.Read(end, 0).Length.ShouldBe(0);
        guest.Instance.Write(end - 4, 4).Length.ShouldBe(4);
        (int Address, int Length)[] beyond =
            [(end, 1), (end - 1, 2), (end + 1, 0), (0, end + 1), (-1, 1), (-1, 2), (0, -1), (int.MinValue, int.MinValue), (-1, -1)];
        foreach ((int address, int length) in beyond)
        {
            Should.Throw<ModuleTrapException>(() => guest.Instance.Read(address, length).Length, $"{address}, {length}")
                .Kind.ShouldBe(ModuleTrapKind.MemoryOutOfBounds);
            Should.Throw<ModuleTrapException>(() => guest.Instance.Write(address, length).Length, $"{address}, {length}")
                .Kind.ShouldBe(ModuleTrapKind.MemoryOutOfBounds);
        }
    });

    [Fact]
    public void Memory_grows_to_the_hosts_limit_and_traps_past_it()
    {
        WithGuest("contract", guest =>
        {
            guest.Call("grow", 3).ShouldBe(2);
            guest.Call("size").ShouldBe(5);
            guest.Call("store", (5 * PageBytes) - 4, 7);
            guest.Instance.Read((5 * PageBytes) - 4, 1)[0].ShouldBe((byte)7);
            guest.Call("grow", 0).ShouldBe(5);
        });
        ModuleLimits tight = Limits with { MemoryPagesMax = 4 };
        WithGuest("contract", tight, guest =>
        {
            guest.Call("grow", 2).ShouldBe(2);
            guest.Trap("grow", 1).Kind.ShouldBe(ModuleTrapKind.Memory);
            guest.Call("size").ShouldBe(4);
        });
    }

    // Past what the module itself declares growing fails by the specification; past the host's limit it must not show.
    [Fact]
    public void Past_the_declared_maximum_growing_gives_minus_one() => WithGuest("contract", guest =>
    {
        guest.Call("grow", 39).ShouldBe(-1);
        guest.Call("grow", -1).ShouldBe(-1);
        guest.Call("size").ShouldBe(2);
        guest.Call("grow_slots", 7).ShouldBe(-1);
        guest.Call("grow_slots", 6).ShouldBe(4);
        guest.Call("slots_size").ShouldBe(10);
    });

    [Fact]
    public void Tables_have_the_hosts_limit_each()
    {
        ModuleLimits tight = Limits with { TableEntriesMax = 5 };
        WithGuest("contract", tight, guest =>
        {
            guest.Call("grow_things", 3).ShouldBe(2);
            guest.Call("grow_slots", 1).ShouldBe(4);
            guest.Trap("grow_slots", 1).Kind.ShouldBe(ModuleTrapKind.Memory);
            guest.Trap("grow_things", 1).Kind.ShouldBe(ModuleTrapKind.Memory);
            guest.Call("slots_size").ShouldBe(5);
        });
    }

    [Fact]
    public void The_guest_is_asked_for_room() => WithGuest("contract", guest =>
    {
        guest.Instance.Fuel = Limits.FuelPerCall;
        guest.Instance.Allocate(100).ShouldBe(1024);
        Should.Throw<ModuleTrapException>(() => guest.Instance.Allocate(13)).Kind.ShouldBe(ModuleTrapKind.Unreachable);
        guest.Instance.Fuel = 1;
        Should.Throw<ModuleTrapException>(() => guest.Instance.Allocate(100)).Kind.ShouldBe(ModuleTrapKind.Fuel);
    });
}
