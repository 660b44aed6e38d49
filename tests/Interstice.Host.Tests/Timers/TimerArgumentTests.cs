using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Tests.Tables;
using Interstice.Kernel.Schema;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Timers;

/// <summary>Goal: a timer that was taken can also be fired, and parked when it fails: its arguments are short enough to be recorded with both.</summary>
public sealed class TimerArgumentTests
{
    // A tenth of a transaction.
    private const int BytesMax = 512 * 1024 / 10;

    [Fact]
    public async Task Arguments_of_a_tenth_of_a_transaction_are_taken_and_a_byte_more_is_a_limit()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host);
        await module.RunAsync(new Script().Schedule("run", ArgumentsOf(BytesMax), long.MaxValue, 0, firesEach: false));

        CallOutcome outcome = await module.CallAsync(new Script().Schedule("run", ArgumentsOf(BytesMax + 1), long.MaxValue, 0, firesEach: false));

        outcome.ShouldBeOfType<CallOutcome.Trapped>($"{outcome}").Kind.ShouldBe(ModuleTrapKind.Limit);
        (await module.CountAsync(SystemTables.Timers)).ShouldBe(1);
    }

    [Fact]
    public async Task A_timer_with_the_longest_arguments_that_fails_is_parked()
    {
        var time = new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        await using HostFixture host = await HostFixture.StartAsync(options: options, time: time);
        ScriptedHost module = await ScriptedHost.PublishAsync(host);
        await module.RunAsync(new Script().Schedule("run", ArgumentsOf(BytesMax), 0, 0, firesEach: false));

        // Five attempts, each due within sixteen seconds of the one before.
        for (int i = 0; i < 8; i++)
        {
            for (int looks = 0; looks < 3; looks++) await module.CountAsync(SystemTables.Timers);
            time.Advance(TimeSpan.FromSeconds(16));
        }

        for (int looks = 0; looks < 3; looks++) await module.CountAsync(SystemTables.Timers);
        (await module.CountAsync(SystemTables.Parked), await module.CountAsync(SystemTables.Timers)).ShouldBe((1, 0));
        (await host.RebuildAsync(ScriptedModule.Name)).StateHash.ShouldBe(await host.HashAsync(ScriptedModule.Name));
    }

    // A script that fails with a text which makes it so long.
    private static byte[] ArgumentsOf(int bytes)
    {
        using var empty = new Script();
        using var script = new Script();
        byte[] arguments = script.Fail(new string('x', bytes - empty.Fail("").ToArguments().Length)).ToArguments();
        arguments.Length.ShouldBe(bytes);
        return arguments;
    }
}
