using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: what the modules of a group do has one order while it is on its way to the store: it is there up to some place of that order and
/// undone behind it, in all modules, and the log has it in that order. Method: appends are held back while calls run, and chosen ones fail.</summary>
public sealed class JointPipelineTests
{
    private const int Calls = 6;
    private const int LoneCallsMax = 90;

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_over_several_modules_run_while_those_before_them_are_on_their_way()
    {
        await using HostFixture host = await StartAsync();
        host.Store.CloseGate();

        Task<CallOutcome>[] calls = await SendEachAsync(host, Calls, i => host.RunAsync('a', Both((byte)i)));

        calls.ShouldAllBe(call => !call.IsCompleted);
        host.Store.OpenGate();
        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        for (byte i = 0; i < Calls; i++) (await host.ValueAsync('b', i)).ShouldBe(i);
        await host.ExpectLogsAgreeAsync();
    }

    // Each append in its turn fails, with others before it and behind it on their way.
    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.Full)]
    [InlineData(Fault.WrongRevision)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task A_failed_append_undoes_itself_and_everything_behind_it_in_all_modules(Fault fault)
    {
        for (int failing = 0; failing < Calls; failing++)
        {
            HostFixture host = await StartAsync();
            host.Store.CloseGate();
            host.Store.FailAppend(host.Store.AppendCount + failing, fault);
            Task<CallOutcome>[] calls = await SendEachAsync(host, Calls, i => host.RunAsync(i % 2 == 0 ? 'a' : 'c', Both((byte)i)));
            host.Store.OpenGate();

            CallOutcome[] outcomes = await Task.WhenAll(calls);

            await ExpectPrefixAsync(host, outcomes, fault == Fault.UnknownWritten ? Calls : failing, $"append {failing}");
            await GoOnAsync(host);
        }
    }

    // So many are in flight that the last call stays here: nothing of b has failed, and what it is told is not of b's stream.
    [Theory]
    [InlineData(Fault.WrongRevision, "module a: its stream stands at revision")]
    [InlineData(Fault.Full, "module a: the store refused the transaction")]
    public async Task A_module_that_is_undone_with_another_one_is_told_which_failed(Fault fault, string reason)
    {
        await using HostFixture host = await StartAsync();
        host.Store.CloseGate();
        host.Store.FailAppend(host.Store.AppendCount, fault);
        Task<CallOutcome>[] calls = await SendEachAsync(host, AppendPipeline.InFlightMax, i => host.RunAsync('a', new Script().Put((byte)i, 1)));
        Task<CallOutcome> beside = host.RunAsync('b', new Script().Put(1, 1));
        await TakenAsync(host, 'b');
        host.Store.OpenGate();

        CallOutcome.Refused refused = (await beside).ShouldBeOfType<CallOutcome.Refused>();

        refused.Kind.ShouldBe(CallRefusal.NotCommitted);
        refused.Error.ShouldStartWith($"module b: an append of another module of its group failed ({reason}");
        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome is CallOutcome.Refused);
        (await host.ValueAsync('b', 1)).ShouldBe(-1);
    }

    // A defect while the batch is made ready, here one whose bytes are gone: nothing went to the store, and nobody waits for ever.
    [Fact]
    public async Task A_batch_that_cannot_be_made_ready_is_undone()
    {
        HostFixture host = await StartAsync();
        using var queued = new SemaphoreSlim(0);
        Task<bool> holding = host.Host.ViewAsync("d", _ => queued.Wait(WaitMax, Cancel));
        Task<CallOutcome> call = host.RunAsync('a', Both(1));
        host.Host.TryFind("b", out ModuleLoop loop).ShouldBeTrue();
        Task<int> spoiling = host.Host.ViewAsync("d", _ =>
        {
            loop.Pipeline.Current.Buffer.Truncate(0);
            return loop.Pipeline.Current.EventCount;
        });
        queued.Release();

        (await spoiling).ShouldBe(1, "the call was gathered and not sent");
        (await call.WaitAsync(WaitMax, Cancel)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await holding).ShouldBeTrue();
        await GoOnAsync(host);
    }

    // The calls are gathered while the thread is held, and go to the store as one batch of several appends.
    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.WrongRevision)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task A_failed_append_within_a_batch_leaves_those_before_it_and_undoes_those_behind_it(Fault fault)
    {
        for (int failing = 0; failing < Calls; failing++)
        {
            HostFixture host = await StartAsync();
            int first = host.Store.AppendCount;
            host.Store.FailAppend(first + failing, fault);

            CallOutcome[] outcomes = await GatherAsync(
                host, [.. Enumerable.Range(0, Calls).Select(i => (Func<Task<CallOutcome>>)(() => host.RunAsync('a', Both((byte)i))))]);

            await ExpectPrefixAsync(host, outcomes, fault == Fault.UnknownWritten ? Calls : failing, $"append {failing}");
            await GoOnAsync(host);
        }
    }

    [Fact]
    public async Task Calls_that_were_gathered_have_an_append_each_and_one_batch()
    {
        await using HostFixture host = await StartAsync();
        int before = host.Store.AppendCount;

        CallOutcome[] outcomes = await GatherAsync(
            host, [.. Enumerable.Range(0, Calls).Select(i => (Func<Task<CallOutcome>>)(() => host.RunAsync('a', Both((byte)i))))]);

        outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        (host.Store.AppendCount - before).ShouldBe(Calls);
        List<RecordedEvent> written = await PlacesAsync(host, 'a', 'b');
        TransactionId[] order = [.. written.Select(recorded => TransactionId.OfEvent(recorded.Id, out _)).TakeLast(2 * Calls)];
        for (int i = 0; i < Calls; i++) order[2 * i].ShouldBe(order[(2 * i) + 1], "the parts of a transaction stand beside each other");
    }

    // b has changed nothing but what the call in flight did; the plain call and the query rest on that.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_runs_behind_a_call_that_is_on_its_way_sees_its_rows_and_has_its_fate(bool fails)
    {
        await using HostFixture host = await StartAsync();
        int first = host.Store.AppendCount;
        host.Store.CloseGate();
        if (fails) host.Store.FailAppend(first, Fault.RefusedBeforeWrite);
        Task<CallOutcome> joint = host.RunAsync('a', Both(7));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > first, "the append to be sent");

        Task<CallOutcome> counting = host.RunAsync('c', new Script().Try('b', new Script()).PutResult(1));
        await TakenAsync(host, 'c');
        Task<QueryOutcome> query = host.QueryAsync("b", "value", "7");
        Task<CallOutcome> plain = host.RunAsync('b', new Script().Put(8, 8));
        await TakenAsync(host, 'b');
        new Task[] { joint, counting, query, plain }.ShouldAllBe(task => !task.IsCompleted);
        host.Store.OpenGate();

        foreach (CallOutcome outcome in await Task.WhenAll(joint, counting, plain))
        {
            if (fails) outcome.ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
            else outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        }

        // Run again on what is durable, if it was undone.
        BitConverter.ToInt64((await query).ShouldBeOfType<QueryOutcome.Answered>().Value.Span).ShouldBe(fails ? -1 : 7);
        (await host.ValueAsync('b', 8)).ShouldBe(fails ? -1 : 8);
        (await host.ValueAsync('c', 1)).ShouldBe(fails ? -1 : 2, "b had the row of the start and that of the call");
        await host.ExpectLogsAgreeAsync();
    }

    // a is durable to its end: nothing of its own is what the answer waits for.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_leaves_nothing_is_answered_when_what_it_read_elsewhere_is_durable(bool fails)
    {
        await using HostFixture host = await StartAsync();
        int first = host.Store.AppendCount;
        host.Store.CloseGate();
        if (fails) host.Store.FailAppend(first, Fault.RefusedBeforeWrite);
        Task<CallOutcome> plain = host.RunAsync('b', new Script().Put(9, 9));
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > first, "the append to be sent");

        Task<CallOutcome> reading = host.RunAsync('a', new Script().Call('b', new Script()));
        Task<CallOutcome> rejected = host.RunAsync('a', new Script().Try('b', new Script()).Reject());
        await TakenAsync(host, 'a', 'b');
        (reading.IsCompleted || rejected.IsCompleted).ShouldBeFalse();
        host.Store.OpenGate();

        CallOutcome[] outcomes = await Task.WhenAll(reading, rejected);
        if (fails)
        {
            outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Refused);
            (await plain).ShouldBeOfType<CallOutcome.Refused>();
        }
        else
        {
            outcomes[0].ShouldBeOfType<CallOutcome.Committed>();
            outcomes[1].ShouldBeOfType<CallOutcome.Rejected>();
        }
    }

    // Re-execution goes by the order of the log: a call is behind what it read and before what changed that later.
    [Fact]
    public async Task A_call_stands_in_the_log_behind_what_it_read_and_before_what_changed_that_later()
    {
        await using HostFixture host = await StartAsync();
        CallOutcome[] outcomes = await GatherAsync(
            host,
            () => host.RunAsync('a', new Script().Put(1, 1)),
            () => host.RunAsync('b', new Script().Put(1, 1)),
            () => host.RunAsync('a', new Script().Call('b', new Script()).PutResult(2)),
            () => host.RunAsync('a', new Script().Call('b', new Script()).PutResult(3)),
            () => host.RunAsync('b', new Script().Put(2, 2)),
            () => host.RunAsync('a', new Script().Call('b', new Script().Put(3, 3))),
            () => host.RunAsync('a', new Script().Put(4, 4)));

        outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        List<RecordedEvent> written = await PlacesAsync(host, 'a', 'b');
        string order = string.Concat(written.TakeLast(7).Select(recorded => StreamNames.ModuleOf(recorded.Stream)));
        order.ShouldBeOneOf("abaabba", "baaabba");
        await host.ExpectLogsAgreeAsync();
    }

    [Fact]
    public async Task A_publication_comes_behind_calls_that_are_on_their_way()
    {
        await using HostFixture host = await StartAsync();
        host.Store.CloseGate();
        Task<CallOutcome>[] calls = await SendEachAsync(host, Calls, i => host.RunAsync('a', Both((byte)i)));
        Task<PublishResult> publishing = host.PublishAsync("relay-alone", "b");
        await TakenAsync(host, 'b');

        host.Store.OpenGate();

        (await publishing).Changed.ShouldBeTrue();
        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        (await host.CountAsync('b')).ShouldBe(Calls + 1);
        await host.ExpectLogsAgreeAsync();
    }

    [Fact]
    public async Task A_stop_waits_for_calls_that_are_on_their_way()
    {
        HostFixture host = await StartAsync();
        host.Store.CloseGate();
        Task<CallOutcome>[] calls = await SendEachAsync(host, Calls, i => host.RunAsync('a', Both((byte)i)));
        Task<string> stopping = host.StopAsync();
        host.Store.OpenGate();

        string directory = await stopping;

        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        await using HostFixture again = await HostFixture.StartAsync(directory);
        (await again.CountAsync('b')).ShouldBe(Calls + 1);
        await GoOnAsync(again);
    }

    // Modules go to other threads when nothing of theirs is on its way: until then nothing is lost and nobody waits for ever.
    [Fact]
    public async Task A_module_leaves_its_group_when_what_is_on_its_way_has_come()
    {
        HostFixture host = await StartAsync();
        Task<CallOutcome>[] calls = [];
        foreach (char module in RelayHost.Modules)
        {
            host.Store.CloseGate();
            calls = [.. calls, host.RunAsync(module, new Script().Put(module == 'd' ? (byte)3 : (byte)4, 4))];
            Task<PublishResult> publishing = host.PublishAsync("relay-alone", $"{module}");
            await TakenAsync(host, module);
            calls = [.. calls, host.RunAsync(module, new Script().Put(5, 5))];
            host.Store.OpenGate();
            (await publishing).Changed.ShouldBeTrue();
        }

        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        (await host.ThreadsAsync()).Distinct().Count().ShouldBe(RelayHost.Modules.Length);
        foreach (char module in RelayHost.Modules) await host.PublishAsync("relay", $"{module}");
        (await host.ThreadsAsync()).Distinct().Count().ShouldBe(1);
        await GoOnAsync(host);
    }

    // Without company the group's thread writes by itself, to one stream or to several.
    [Theory]
    [InlineData(true, Fault.RefusedBeforeWrite)]
    [InlineData(true, Fault.UnknownNotWritten)]
    [InlineData(true, Fault.UnknownWritten)]
    [InlineData(false, Fault.RefusedBeforeWrite)]
    public async Task A_lone_callers_append_on_the_groups_thread_that_fails_is_undone(bool isJoint, Fault fault)
    {
        HostFixture host = await StartAsync();
        host.Store.CanAppendHere = true;
        Script Next(byte key) => isJoint ? Both(key) : new Script().Put(key, key);
        byte key = 0;
        for (; host.Store.AppendsHere < 5; key++)
        {
            key.ShouldBeLessThan((byte)LoneCallsMax);
            await host.CommitAsync('a', Next(key));
        }

        host.Store.FailAppend(host.Store.AppendCount, fault);
        CallOutcome outcome = await host.RunAsync('a', Next(key));

        bool isWritten = fault == Fault.UnknownWritten;
        if (isWritten) outcome.ShouldBeOfType<CallOutcome.Committed>();
        else outcome.ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);
        (await host.ValueAsync('a', key)).ShouldBe(isWritten ? key : -1);
        (await host.ValueAsync('b', key)).ShouldBe(isWritten && isJoint ? key : -1);
        (await host.ValueAsync('b', (byte)(key - 1))).ShouldBe(isJoint ? key - 1 : -1);
        await GoOnAsync(host);
    }

    // What a store may not do is noticed here: without this the tests above would prove little.
    [Fact]
    public async Task A_store_that_tears_an_append_apart_is_noticed()
    {
        HostFixture host = await StartAsync();
        host.Store.CloseGate();
        host.Store.FailAppend(host.Store.AppendCount + 1, Fault.UnknownTorn);
        Task<CallOutcome>[] calls = await SendEachAsync(host, Calls, i => host.RunAsync('a', Both((byte)i)));
        host.Store.OpenGate();
        CallOutcome[] outcomes = await Task.WhenAll(calls);

        (await Record.ExceptionAsync(() => ExpectPrefixAsync(host, outcomes, 1, "torn"))).ShouldBeOfType<ShouldAssertException>();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_store_that_forgets_what_an_append_goes_behind_is_noticed()
    {
        HostFixture host = await StartAsync();
        host.Store.ForgetsExpectations = true;
        host.Store.CloseGate();
        host.Store.FailAppend(host.Store.AppendCount, Fault.RefusedBeforeWrite);
        Task<CallOutcome>[] calls = await SendEachAsync(
            host, 2, i => host.RunAsync(i == 0 ? 'a' : 'b', i == 0 ? new Script().Put(0, 0) : new Script().Put(1, 1)));
        host.Store.OpenGate();
        CallOutcome[] outcomes = await Task.WhenAll(calls);

        // The second rests on nothing of the first, but is behind it in the order of the group.
        outcomes[0].ShouldBeOfType<CallOutcome.Refused>();
        outcomes[1].ShouldBeOfType<CallOutcome.Committed>("it was written although what it goes behind was not");
        await host.DisposeAsync();
    }

    private static Script Both(byte key) => new Script().Put(key, key).Call('b', new Script().Put(key, key));

    // Every module is owned, so that nothing is held behind that.
    private static async Task<HostFixture> StartAsync()
    {
        HostFixture host = await RelayHost.StartAsync();
        foreach (char module in RelayHost.Modules) await host.CommitAsync(module, new Script().Put(100, 100));
        return host;
    }

    // Each in an append of its own, in this order.
    private static async Task<Task<CallOutcome>[]> SendEachAsync(HostFixture host, int count, Func<int, Task<CallOutcome>> call)
    {
        List<Task<CallOutcome>> calls = [];
        for (int i = 0; i < count; i++)
        {
            int before = host.Store.AppendCount;
            calls.Add(call(i));
            await WaitFor.ConditionAsync(() => host.Store.AppendCount > before, $"append {i} to be sent");
        }

        return [.. calls];
    }

    // Each is run behind the one before it, and all before anything is sent: the last module of the round holds the thread there until the next call is
    // queued, so that a module that gathers works in every round.
    private static async Task<CallOutcome[]> GatherAsync(HostFixture host, params Func<Task<CallOutcome>>[] calls)
    {
        using var next = new SemaphoreSlim(0);
        int entered = 0;
        List<Task> holding = [];
        async Task HoldAsync()
        {
            holding.Add(host.Host.ViewAsync("d", _ =>
            {
                Interlocked.Increment(ref entered);
                return next.Wait(WaitMax, Cancel);
            }));
            if (holding.Count > 1) next.Release();
            await WaitFor.ConditionAsync(() => Volatile.Read(ref entered) == holding.Count, "the thread to come to its end of the round");
        }

        await HoldAsync();
        List<Task<CallOutcome>> running = [];
        foreach (Func<Task<CallOutcome>> call in calls)
        {
            running.Add(call());
            await WaitFor.ConditionAsync(() => RelayHost.Modules.Sum(module => Waiting(host, module)) == 1, "the call to be queued");
            await HoldAsync();
        }

        next.Release();
        await Task.WhenAll(holding);
        return await Task.WhenAll(running);
    }

    private static int Waiting(HostFixture host, char module) =>
        host.Host.TryFind($"{module}", out ModuleLoop loop) ? loop.WaitingCount : 0;

    private static Task TakenAsync(HostFixture host, params char[] modules) => WaitFor.ConditionAsync(
        () => modules.All(module => Waiting(host, module) == 0), "the loops to take what is queued");

    // The first so many calls are in every module, and no other is; the log says the same.
    private static async Task ExpectPrefixAsync(HostFixture host, CallOutcome[] outcomes, int committed, string where)
    {
        await WaitFor.ConditionAsync(
            () => RelayHost.Modules.All(module => host.Host.StandingOf($"{module}")!.Role == ModuleRole.Owner), "the host to go on");
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (i < committed) outcomes[i].ShouldBeOfType<CallOutcome.Committed>($"{where}, call {i}: {outcomes[i]}");
            else outcomes[i].ShouldBeOfType<CallOutcome.Refused>($"{where}, call {i}: {outcomes[i]}").Kind.ShouldBe(CallRefusal.NotCommitted);
            long value = i < committed ? i : -1;
            (await host.ValueAsync('b', (byte)i)).ShouldBe(value, $"{where}, call {i}");
            long[] outer = [await host.ValueAsync('a', (byte)i), await host.ValueAsync('c', (byte)i)];
            outer.Max().ShouldBe(value, $"{where}, call {i}");
        }

        await host.ExpectLogsAgreeAsync();
    }

    // Calls go on, and a host that starts anew finds the same.
    private static async Task GoOnAsync(HostFixture host)
    {
        await host.CommitAsync('a', Both(200));
        await host.CommitAsync('d', new Script().Put(201, 201).Call('c', new Script().Call('b', new Script().Put(201, 201))));
        await host.ExpectLogsAgreeAsync();
        StateHash[] last = await HashesAsync(host);
        await using HostFixture again = await RelayHost.RestartAsync(host);
        (await HashesAsync(again)).ShouldBe(last);
        await again.CommitAsync('a', Both(202));
    }

    private static async Task<StateHash[]> HashesAsync(HostFixture host) =>
        await Task.WhenAll(RelayHost.Modules.Select(module => host.HashAsync($"{module}")));

    private static async Task<List<RecordedEvent>> PlacesAsync(HostFixture host, params char[] modules)
    {
        List<RecordedEvent> written = [];
        foreach (char module in modules) written.AddRange(await host.Store.ReadAsync(module));
        written.Sort((one, other) => one.Position.CompareTo(other.Position));
        return written;
    }
}
