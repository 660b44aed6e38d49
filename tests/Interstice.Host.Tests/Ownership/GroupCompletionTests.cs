using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: whoever takes a group over completes what its last owner committed, once, also when that one's late appends arrive.</summary>
public sealed class GroupCompletionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // After each of its appends the first host never hears of the store again.
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task Another_host_completes_what_was_committed_whatever_parts_are_there(int appends, bool isCommitted)
    {
        await using GroupScene scene = await GroupScene.OpenAsync();
        SharedHost first = await scene.StartAsync();
        await GroupScene.PublishAsync(first);
        await GroupScene.PutUntilCommittedAsync(first, 1, 'b');
        SharedHost second = await scene.StartAsync();
        first.Store.DiesAt = first.Store.OperationCount + appends + 1;

        CallOutcome outcome = await GroupScene.PutAsync(first, 2, 'b');
        first.Store.IsUnreachable = true;
        first.Store.BreakSubscriptions();
        await GroupScene.PutUntilCommittedAsync(second, 3, 'c');

        Dictionary<byte, CallOutcome> told = new() { [2] = outcome };
        await scene.ExpectAllOrNothingAsync(second, told, $"{appends} appends, told {outcome}");
        (await scene.KeysAsync('c')).Contains(2).ShouldBe(isCommitted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_append_of_the_old_owner_that_comes_late_changes_nothing(int append)
    {
        await using GroupScene scene = await GroupScene.OpenAsync();
        SharedHost first = await scene.StartAsync();
        await GroupScene.PublishAsync(first);
        await GroupScene.PutUntilCommittedAsync(first, 1, 'b');
        SharedHost second = await scene.StartAsync();
        first.Store.LateBy = int.MaxValue;
        first.Store.FailAppend(first.Store.AppendCount + append, Fault.UnknownWrittenLate);
        first.Store.DiesAt = first.Store.OperationCount + (append == 0 ? 2 : 4);

        CallOutcome outcome = await GroupScene.PutAsync(first, 2, 'b');
        first.Store.IsUnreachable = true;
        first.Store.BreakSubscriptions();
        await GroupScene.PutUntilCommittedAsync(second, 3, 'c');
        await first.Store.LandAllAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        await GroupScene.PutUntilCommittedAsync(second, 4, 'a');

        first.Store.LandedLate.ShouldBe(0);
        await scene.ExpectAllOrNothingAsync(second, new Dictionary<byte, CallOutcome> { [2] = outcome }, $"told {outcome}");
        (await scene.KeysAsync('c')).Contains(2).ShouldBe(append > 0);
    }

    [Theory]
    [InlineData(CompletionBug.Skipped)]
    [InlineData(CompletionBug.Twice)]
    public async Task A_host_that_completes_wrongly_is_caught(CompletionBug bug)
    {
        await using GroupScene scene = await GroupScene.OpenAsync();
        SharedHost first = await scene.StartAsync();
        await GroupScene.PublishAsync(first);
        await GroupScene.PutUntilCommittedAsync(first, 1, 'b');
        CompletionBugStore? buggy = null;
        await scene.StartAsync(store => buggy = new CompletionBugStore(store, bug));
        first.Store.DiesAt = first.Store.OperationCount + 2;

        CallOutcome outcome = await GroupScene.PutAsync(first, 2, 'b');
        Cut(first);
        await WaitFor.ConditionAsync(() => buggy!.Count > 0, "a part to be completed wrongly");

        Dictionary<byte, CallOutcome> told = new() { [2] = outcome };
        Exception? caught = await Record.ExceptionAsync(() => scene.ExpectAllOrNothingAsync(null, told, "a bug"));
        caught.ShouldNotBeNull();
        caught.GetType().ShouldBe(bug == CompletionBug.Skipped ? typeof(ShouldAssertException) : typeof(ReplayException), caught.Message);
    }

    [Fact]
    public async Task Calls_and_publications_are_refused_while_a_module_with_a_part_is_not_listed_and_the_group_goes_on_behind_it()
    {
        await using GroupScene scene = await GroupScene.OpenAsync();
        SharedHost first = await scene.StartAsync();
        await GroupScene.PublishAsync(first);
        await GroupScene.PutUntilCommittedAsync(first, 1, 'b');
        first.Store.DiesAt = first.Store.OperationCount + 2;
        CallOutcome outcome = await GroupScene.PutAsync(first, 2);
        Cut(first);
        UnlistedStore? list = null;
        SharedHost second = await scene.StartAsync(store => list = new UnlistedStore(store, "c"));
        await WaitFor.ConditionAsync(
            () => "abd".All(module => second.Host.StandingOf($"{module}")?.Role == ModuleRole.Owner), "the host to own what is listed");

        CallOutcome refused = await GroupScene.PutAsync(second, 3).WaitAsync(Patience, TestContext.Current.CancellationToken);
        var publication = await Should.ThrowAsync<ModuleUnavailableException>(() => second.Mediator
            .Send(new PublishModule(HostFixture.Binary("relay-alone"), HostFixture.Tester, "a"))
            .WaitAsync(Patience, TestContext.Current.CancellationToken));
        list!.List();
        await GroupScene.PutUntilCommittedAsync(second, 4).WaitAsync(Patience, TestContext.Current.CancellationToken);

        const string Reason = "module c, which has a part of it, is not here yet";
        refused.ShouldBeOfType<CallOutcome.Refused>(refused.ToString()).Error.ShouldContain(Reason);
        publication.Message.ShouldContain(Reason);
        await scene.ExpectAllOrNothingAsync(second, new Dictionary<byte, CallOutcome> { [2] = outcome, [3] = refused }, $"told {outcome}");
    }

    // Hosts die after random operations, take over in the middle of taking over, and some come back; some appends fail and some come late.
    [Fact]
    public async Task Hosts_that_come_and_go_at_random_leave_all_or_nothing_of_every_transaction()
    {
        var rounds = new TimeShare("rounds", regularCount: 30, seconds: 20);
        await using GroupScene scene = await GroupScene.OpenAsync(beatMs: 150);
        SharedHost host = await scene.StartAsync();
        await GroupScene.PublishAsync(host);
        await GroupScene.PutUntilCommittedAsync(host, 0);
        Dictionary<byte, CallOutcome> told = [];
        byte key = 1;
        while (rounds.HasMore)
        {
            Random random = rounds.Random;
            SharedHost next = await scene.StartAsync();
            host.Store.LateBy = random.Next(1, 4);
            host.Store.FailAppend(host.Store.AppendCount + random.Next(8), (Fault)random.Next(6));
            host.Store.DiesAt = host.Store.OperationCount + random.Next(1, 14);
            for (int calls = random.Next(1, 4); calls > 0; calls--, key++)
                told[key] = await GroupScene.PutAsync(host, key, (char)('a' + random.Next(3)));
            Cut(host);
            if (random.Next(4) == 0)
            {
                // The next one is gone as well before it has taken all of it, or after somebody else was quicker.
                SharedHost third = await scene.StartAsync();
                next.Store.DiesAt = next.Store.OperationCount + random.Next(1, 10);
                await WaitFor.ConditionAsync(() => next.Store.IsUnreachable || GroupScene.IsOwner(next) || GroupScene.IsOwner(third), "a host to be cut off, or one to own the modules");
                Cut(next);
                next = third;
            }

            await GroupScene.PutUntilCommittedAsync(next, key++, (char)('a' + random.Next(3)));
            if (random.Next(3) == 0)
            {
                (host.Store.DiesAt, host.Store.IsUnreachable) = (0, false);
                told[key] = await GroupScene.PutAsync(host, key, 'b');
                key++;
                Cut(host);
            }

            await host.Store.LandAllAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
            await GroupScene.PutUntilCommittedAsync(next, key++);
            await scene.ExpectAllOrNothingAsync(next, told, $"seed {rounds.Seed}, round {rounds.Count}");
            host = next;
            rounds.Add(1);
        }

        rounds.End($"{key} keys, {told.Values.Count(outcome => outcome is CallOutcome.Committed)} of {told.Count} committed that might not be");
    }

    private static void Cut(SharedHost host)
    {
        host.Store.IsUnreachable = true;
        host.Store.BreakSubscriptions();
    }
}
