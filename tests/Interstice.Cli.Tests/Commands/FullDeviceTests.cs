using Interstice.Cli.Tests.Support;
using Interstice.TestKit.Devices;

namespace Interstice.Cli.Tests.Commands;

public sealed class FullDeviceTests
{
    [Fact]
    public async Task A_store_that_finds_no_room_is_not_opened_and_says_what_to_do()
    {
        using SmallDevice device = await SmallDevice.MountAsync(megabytes: 3);
        using var store = new TestStore();

        ProgramResult result = await store.RunAsync("publish", TestStore.BankFile, "--store", Path.Join(device.Path, "store"));

        result.ShouldFail(3, "the device is full", "free some space");
    }

    // Goal: a device that fills up in mid-run costs the calls that it has no room for, and nothing else.
    // Method: load on a device that holds two segments; then verify, replay and read what is there.
    [Fact]
    public async Task A_device_that_fills_up_ends_the_run_with_a_sentence_and_loses_nothing()
    {
        using SmallDevice device = await SmallDevice.MountAsync(megabytes: 10);
        using var store = new TestStore();
        string path = Path.Join(device.Path, "store");

        ProgramResult run = await store.RunAsync("demo", "--store", path, "--transfers", "1000000", "--kills", "1");

        run.ShouldFail(1, "full");
        (await store.RunAsync("log-verify", "--store", path)).ShouldSucceed();
        (await store.RunAsync("replay-check", "--store", path)).ShouldSucceed();
        (await store.RunAsync("rows", "bank.accounts", "--limit", "1", "--store", path)).ShouldSucceed();
    }
}
