using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Reducers;
using Interstice.Journal;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: modules that call each other have one owner, also when another host takes them over, and transactions over them go on there.
/// </summary>
public sealed class GroupTakeOverTests
{
    // Nobody takes over but who is told to.
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_is_taken_over_as_a_whole_and_transactions_over_its_modules_go_on()
    {
        JournalOptions options = new() { Directory = "/memory", SegmentBytes = 8 << 20 };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel);
        await using SharedHost first = await StartAsync(store, "first");
        await using SharedHost second = await StartAsync(store, "second");
        foreach (char module in RelayHost.Modules)
            await first.Mediator.Send(new PublishModule(HostFixture.Binary("relay"), HostFixture.Tester, $"{module}"), Cancel);
        Script everywhere = new Script().Put(1, 1).Call('b', new Script().Put(1, 1).Call('c', new Script().Put(1, 1)));
        (await RunAsync(first, 'a', everywhere)).ShouldBeOfType<CallOutcome.Committed>();
        await UntilAsync(second, ModuleRole.Following);
        (await RunAsync(second, 'a', everywhere)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotOwner);

        await first.Store.CutAsync();
        first.Store.BreakSubscriptions();
        await UntilAsync(second, ModuleRole.Owner);

        // A machine that is slow lets hosts take over from living ones: what was refused then is safe to try again.
        Script onwards = new Script().Put(2, 2).Call('a', new Script().Put(2, 2).Call('b', new Script().Delete(1)));
        CallOutcome outcome = await RunAsync(second, 'd', onwards);
        for (int tries = 0; outcome is CallOutcome.Refused && tries < 20; tries++)
        {
            await UntilAsync(second, ModuleRole.Owner);
            outcome = await RunAsync(second, 'd', onwards);
        }

        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        foreach (char module in RelayHost.Modules)
        {
            var rebuilt = new ModuleProjection($"{module}") { ComparesEveryHash = true };
            await ModuleReplay.RunAsync(store, rebuilt, null, TimeProvider.System, null, Cancel);
            rebuilt.StateHash.ShouldBe(await second.Host.ViewAsync($"{module}", projection => projection.StateHash), $"module {module}");
            rebuilt.Owner.ShouldBe(second.Host.Id, $"module {module}");
        }
    }

    // The first host does not know yet that it has lost the group: what it has on its way is refused, in all modules alike.
    [Fact]
    public async Task Calls_that_are_on_their_way_when_the_group_is_taken_over_are_undone_in_every_module()
    {
        JournalOptions options = new() { Directory = "/memory", SegmentBytes = 8 << 20 };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel);
        await using SharedHost first = await StartAsync(store, "first", Patient);
        await using SharedHost second = await StartAsync(store, "second", Patient);
        foreach (char module in RelayHost.Modules)
            await first.Mediator.Send(new PublishModule(HostFixture.Binary("relay"), HostFixture.Tester, $"{module}"), Cancel);
        foreach (char module in RelayHost.Modules)
            (await RunAsync(first, module, new Script().Put(100, 100))).ShouldBeOfType<CallOutcome.Committed>();
        await UntilAsync(second, ModuleRole.Following);
        first.Store.CloseGate();
        List<Task<CallOutcome>> calls = [];
        for (byte key = 0; key < 4; key++)
        {
            int before = first.Store.AppendCount;
            char other = key % 2 == 0 ? 'b' : 'c';
            calls.Add(RunAsync(first, 'a', new Script().Put(key, key).Call(other, new Script().Put(key, key))));
            await WaitFor.ConditionAsync(() => first.Store.AppendCount > before, "the append to be sent");
        }

        foreach (char module in RelayHost.Modules)
        {
            second.Host.TryFind($"{module}", out ModuleLoop loop).ShouldBeTrue();
            await loop.OnLoopAsync(() => loop.TakeOver("the test takes it", ulong.MaxValue));
        }

        await UntilAsync(second, ModuleRole.Owner);
        first.Store.OpenGate();

        foreach (CallOutcome outcome in await Task.WhenAll(calls)) outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString());
        foreach (SharedHost host in new[] { first, second })
            foreach (char module in RelayHost.Modules)
                (await host.Host.ViewAsync($"{module}", projection => projection.State!.Tables[0].Count)).ShouldBe(1, $"module {module}");
    }

    private static async Task<SharedHost> StartAsync(JournalStore store, string name, TimeSpan? interval = null)
    {
        ModuleHostOptions options = new()
        {
            Replicas = new() { Name = name, HeartbeatInterval = interval ?? TimeSpan.FromMilliseconds(500) },
        };
        SharedHost host = SharedHost.Make(store, options, isShared: true);
        await host.Host.StartAsync(cancellationToken: Cancel);
        return host;
    }

    private static Task<CallOutcome> RunAsync(SharedHost host, char module, Script script) =>
        host.Mediator.Send(new CallReducer($"{module}", "run", script.Arguments, HostFixture.Tester), Cancel);

    private static Task UntilAsync(SharedHost host, ModuleRole role) => WaitFor.ConditionAsync(
        () => RelayHost.Modules.All(module => host.Host.StandingOf($"{module}")?.Role == role && host.Host.FindSchema($"{module}") is not null),
        $"every module to be {role}");
}
