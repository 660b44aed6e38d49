using System.Buffers.Binary;
using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <content>Functions of the host.</content>
public abstract partial class ModuleEngineContract
{
    [Fact]
    public void Host_functions_are_given_what_the_guest_passes_and_give_back_what_they_return() => WithGuest("contract", guest =>
    {
        guest.Call("now", 800);
        BinaryPrimitives.ReadInt64LittleEndian(guest.Instance.Read(800, 8)).ShouldBe(GuestUnderTest.Now);
        guest.Call("store", 900, 0x01020304);
        guest.Call("returns", 900, 4);
        guest.ReturnValue.ShouldBe([4, 3, 2, 1]);
    });

    [Fact]
    public void Host_functions_write_into_memory_up_to_its_last_byte() => WithGuest("contract", guest =>
    {
        Span<byte> caller = stackalloc byte[32];
        guest.Call("caller", (2 * PageBytes) - 32);
        GuestUnderTest.Caller.Write(caller);
        guest.Instance.Read((2 * PageBytes) - 32, 32).SequenceEqual(caller).ShouldBeTrue();
        foreach (int address in (int[])[(2 * PageBytes) - 31, 2 * PageBytes, -1])
            guest.Trap("caller", address).Kind.ShouldBe(ModuleTrapKind.MemoryOutOfBounds);
        guest.Trap("returns", 0, -1).Kind.ShouldBe(ModuleTrapKind.MemoryOutOfBounds);
        guest.Call("add", 1, 1).ShouldBe(2);
    });

    [Fact]
    public void A_trap_of_a_host_function_keeps_its_kind_and_names_the_guests_function() => WithGuest("contract", guest =>
    {
        ModuleTrapException trap = guest.Trap("returns", 0, Limits.ResultBytesMax + 1);
        trap.Kind.ShouldNotBe(ModuleTrapKind.Unreachable);
        trap.Message.ShouldContain("\"returns\"");
        ModuleTrapException beyond = guest.Trap("caller", -1);
        beyond.Message.ShouldContain("\"caller\"");
    });
}
