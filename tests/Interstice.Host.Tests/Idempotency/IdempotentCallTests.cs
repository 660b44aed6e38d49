using Interstice.Host.Commands;
using Interstice.Host.Idempotency;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Idempotency;

/// <summary>Goal: a call with an idempotency key takes effect once and has one answer, whatever happens between.</summary>
public sealed class IdempotentCallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_key_takes_effect_once_and_gets_the_same_answer()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        CallOutcome.Committed first = await KeyedAsync(host, "k", 5);
        await host.CommitAsync("counter", "add", 6);
        CallOutcome.Committed again = await KeyedAsync(host, "k", 5);

        (first.IsRepeat, again.IsRepeat).ShouldBe((false, true));
        ShouldBeSameAnswer(again, first);
        (await RowsAsync(host)).ShouldBe(2);
        (await host.RebuildAsync("counter")).StateHash.ShouldBe(await host.HashAsync("counter"));
    }

    [Fact]
    public async Task A_call_that_is_in_flight_is_waited_for_and_its_answer_given_to_all()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        await KeyedAsync(host, "before", 1);
        host.Store.CloseGate();
        Task<CallOutcome>[] calls = [.. Enumerable.Range(0, 5).Select(_ => host.CallWithKeyAsync("k", "counter", "add", 7))];
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("counter") is not null && host.Store.AppendCount > 0, "the calls to be taken");
        calls.ShouldAllBe(call => !call.IsCompleted);
        host.Store.OpenGate();
        CallOutcome.Committed[] answers = [.. (await Task.WhenAll(calls)).Cast<CallOutcome.Committed>()];

        answers.Count(answer => !answer.IsRepeat).ShouldBe(1);
        foreach (CallOutcome.Committed answer in answers) ShouldBeSameAnswer(answer, answers[0]);
        (await RowsAsync(host)).ShouldBe(2);
    }

    [Fact]
    public async Task Another_call_under_the_key_is_refused_and_another_callers_key_is_another()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        CallOutcome.Committed first = await KeyedAsync(host, "k", 5);
        CallOutcome.Refused refused = (await host.CallWithKeyAsync("k", "counter", "add", 6)).ShouldBeOfType<CallOutcome.Refused>();
        refused.Kind.ShouldBe(CallRefusal.KeyReused);
        refused.Error.ShouldContain("\"k\"");
        refused.Error.ShouldContain($"revision {first.Revision}");

        using var arguments = new PayloadWriter();
        arguments.Int64(6);
        CallOutcome other = await host.Mediator.Send(
            new CallReducer("counter", "add", arguments.Written.ToArray(), Identity.Of("tests", "other"), "k"), Cancel);
        other.ShouldBeOfType<CallOutcome.Committed>().IsRepeat.ShouldBeFalse();
        (await RowsAsync(host)).ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_before_it_is_queued()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        CallOutcome.Refused refused = (await host.CallWithKeyAsync("a\tb", "counter", "add", 6)).ShouldBeOfType<CallOutcome.Refused>();
        (refused.Kind, refused.Error.Contains("U+0009", StringComparison.Ordinal)).ShouldBe((CallRefusal.BadArguments, true), refused.Error);
    }

    [Fact]
    public async Task A_call_without_effects_is_recorded_if_it_has_a_key()
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("endings");
        long before = await LastAsync(host, "endings");
        await host.CommitAsync("endings", "succeed");
        (await LastAsync(host, "endings")).ShouldBe(before);
        var first = (CallOutcome.Committed)await host.CallWithKeyAsync("k", "endings", "succeed");
        first.Mutations.ShouldBe(0);
        long after = await LastAsync(host, "endings");
        List<string> types = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Journal.ReadStreamAsync(
            StreamNames.Module("endings"), ReadDirection.Forwards, new Revision(before + 1), long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray()) types.Add(recorded.Type);
        }

        types.Where(type => type != EventTypes.OwnershipTaken).ShouldBe([EventTypes.CallRecorded]);
        var again = (CallOutcome.Committed)await host.CallWithKeyAsync("k", "endings", "succeed");
        ShouldBeSameAnswer(again, first);
        (await LastAsync(host, "endings")).ShouldBe(after);

        string directory = await host.StopAsync();
        await using HostFixture next = await HostFixture.StartAsync(directory);
        ShouldBeSameAnswer((CallOutcome.Committed)await next.CallWithKeyAsync("k", "endings", "succeed"), first);
        (await next.RebuildAsync("endings")).Keys.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Rejections_and_traps_are_not_kept()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("endings");
        foreach (string reducer in new[] { "reject", "trap" })
            for (int i = 0; i < 2; i++) (await host.CallWithKeyAsync("k", "endings", reducer)).ShouldNotBeOfType<CallOutcome.Committed>();
        ((CallOutcome.Committed)await host.CallWithKeyAsync("k", "endings", "succeed")).IsRepeat.ShouldBeFalse();
    }

    [Theory]
    [InlineData(Fault.RefusedBeforeWrite, false)]
    [InlineData(Fault.UnknownNotWritten, false)]
    [InlineData(Fault.UnknownWritten, true)]
    public async Task A_failed_append_leaves_a_key_exactly_if_it_left_the_transaction(Fault fault, bool isWritten)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        await KeyedAsync(host, "first", 1);
        host.Store.FailAppend(host.Store.AppendCount, fault);
        CallOutcome outcome = await host.CallWithKeyAsync("k", "counter", "add", 5);
        (outcome is CallOutcome.Committed).ShouldBe(isWritten, outcome.ToString());
        CallOutcome.Committed retried = await KeyedAsync(host, "k", 5);
        retried.IsRepeat.ShouldBe(isWritten);
        if (outcome is CallOutcome.Committed told) ShouldBeSameAnswer(retried, told);
        (await RowsAsync(host)).ShouldBe(2);
    }

    [Fact]
    public async Task Keys_survive_a_restart_with_and_without_a_snapshot()
    {
        HostFixture host = await HostFixture.StartAsync(hasSnapshots: true, options: new() { Snapshots = new() { EveryEvents = 0 } });
        await host.PublishAsync("counter");
        CallOutcome.Committed first = await KeyedAsync(host, "a", 1);
        (await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, "counter", 2, TimeProvider.System, null, Cancel))
            .ShouldNotBeNull();
        CallOutcome.Committed second = await KeyedAsync(host, "b", 2);
        string directory = await host.StopAsync();

        await using HostFixture next = await HostFixture.StartAsync(
            directory, hasSnapshots: true, options: new() { Snapshots = new() { EveryEvents = 0 } });
        next.Replayed.Single().From.ShouldBeGreaterThan(Revision.First);
        ShouldBeSameAnswer(await KeyedAsync(next, "a", 1), first);
        ShouldBeSameAnswer(await KeyedAsync(next, "b", 2), second);
        (await next.CallWithKeyAsync("a", "counter", "add", 2)).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.KeyReused);
        (await RowsAsync(next)).ShouldBe(2);
    }

    [Fact]
    public async Task After_its_time_a_key_may_be_used_for_another_call()
    {
        var time = new ManualTime();
        await using HostFixture host = await HostFixture.StartAsync(
            time: time, options: new() { Keys = new() { Hours = 1 }, Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } });
        await host.PublishAsync("counter");
        await KeyedAsync(host, "k", 1);
        time.Advance(TimeSpan.FromHours(1));
        (await KeyedAsync(host, "k", 1)).IsRepeat.ShouldBeTrue();
        time.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMicrosecond));
        CallOutcome.Committed other = await KeyedAsync(host, "k", 2);
        other.IsRepeat.ShouldBeFalse();
        ShouldBeSameAnswer(await KeyedAsync(host, "k", 2), other);
        (await RowsAsync(host)).ShouldBe(2);
    }

    [Fact]
    public async Task A_host_that_takes_over_knows_the_keys_of_the_one_before()
    {
        await using SharedBank scene = await SharedBank.OpenAsync();
        CallOutcome.Committed first;
        await using (SharedHost owner = await scene.StartAsync())
            first = (CallOutcome.Committed)await owner.OpenAccountAsync("ann", 5, "k");

        await using SharedHost next = await scene.StartAsync();
        var again = (CallOutcome.Committed)await next.OpenAccountAsync("ann", 5, "k");
        again.IsRepeat.ShouldBeTrue();
        ShouldBeSameAnswer(again, first);
        (await next.CountAccountsAsync("ann")).ShouldBe(1);
        await scene.ExpectTruthAsync(next);
    }

    // Callers that repeat until they are told, hosts that are cut off, appends of every ending: as at-least-once delivery is in the field.
    [Fact]
    public async Task Each_key_takes_effect_once_whatever_fails_and_is_always_answered_the_same()
    {
        var share = new TimeShare("rounds", 40, 10);
        Fault[] faults = Enum.GetValues<Fault>();
        int repeats = 0;
        while (share.HasMore)
        {
            await using SharedBank scene = await SharedBank.OpenAsync();
            Dictionary<string, CallOutcome.Committed> told = [];
            for (int life = 0; life < 3; life++)
            {
                await using SharedHost host = await scene.StartAsync(patience: TimeSpan.Zero);
                host.Store.LateBy = share.Random.Next(4);
                for (int i = share.Random.Next(4); i > 0; i--)
                    host.Store.FailAppend(host.Store.AppendCount + share.Random.Next(8), faults[share.Random.Next(faults.Length)]);
                if (share.Random.Next(2) == 0) host.Store.DiesAt = host.Store.OperationCount + share.Random.Next(1, 12);
                for (int burst = 0; burst < 4; burst++) repeats += await CallAsync(host, share.Random, told);
                await host.Store.CutAsync();
            }

            await using SharedHost last = await scene.StartAsync();
            foreach ((string key, CallOutcome.Committed answer) in told)
            {
                CallOutcome again = await last.OpenAccountAsync(key, 1, key);
                ShouldBeSameAnswer(again.ShouldBeOfType<CallOutcome.Committed>($"{again}; seed {share.Seed}"), answer);
            }

            for (int key = 0; key < 12; key++)
                (await last.CountAccountsAsync($"key-{key}")).ShouldBeLessThan(2, $"key-{key}; seed {share.Seed}, round {share.Count}");
            foreach (string key in told.Keys)
                (await last.CountAccountsAsync(key)).ShouldBe(1, $"{key}; seed {share.Seed}, round {share.Count}");
            await scene.ExpectTruthAsync(last, $"replay with INTERSTICE_TEST_SEED={share.Seed}, round {share.Count}");
            await ExpectSameKeysAsync(scene, last);
            share.Add(1);
        }

        share.End($"{repeats} answers were given again");
    }

    private static async Task<int> CallAsync(SharedHost host, Random random, Dictionary<string, CallOutcome.Committed> told)
    {
        string[] keys = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => $"key-{random.Next(12)}")];
        int repeats = 0;
        CallOutcome[] outcomes = await Task.WhenAll(keys.Select(key => host.OpenAccountAsync(key, 1, key)));
        for (int i = 0; i < keys.Length; i++)
        {
            if (outcomes[i] is not CallOutcome.Committed committed) continue;
            if (committed.IsRepeat) repeats++;
            if (told.TryGetValue(keys[i], out CallOutcome.Committed? before)) ShouldBeSameAnswer(committed, before);
            else told[keys[i]] = committed;
        }

        return repeats;
    }

    private static async Task ExpectSameKeysAsync(SharedBank scene, SharedHost host)
    {
        ModuleProjection rebuilt = await scene.RebuildAsync();
        var fast = new ModuleProjection("bank");
        await ModuleReplay.RunAsync(
            scene.Store, fast, null, new ReplayOptions { StretchEvents = 7 }, TimeProvider.System, null, Cancel);
        string[] live = await host.Host.ViewAsync("bank", Describe);
        live.ShouldBe(Describe(rebuilt));
        live.ShouldBe(Describe(fast));
    }

    private static string[] Describe(ModuleProjection projection) =>
        [.. projection.Keys.All().Select(pair => $"{pair.Key} {pair.Value with { Result = null }}")];

    private static async Task<CallOutcome.Committed> KeyedAsync(HostFixture host, string key, long value)
    {
        CallOutcome outcome = await host.CallWithKeyAsync(key, "counter", "add", value);
        return outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private static void ShouldBeSameAnswer(CallOutcome.Committed actual, CallOutcome.Committed expected)
    {
        (actual.Revision, actual.Mutations, actual.Fuel).ShouldBe((expected.Revision, expected.Mutations, expected.Fuel));
        actual.Value.ToArray().ShouldBe(expected.Value.ToArray());
    }

    private static Task<long> RowsAsync(HostFixture host) =>
        host.Host.ViewAsync("counter", projection => (long)projection.State!.GetTable(0).Count);

    private static async Task<long> LastAsync(HostFixture host, string module) =>
        (await host.Journal.GetLastRevisionAsync(StreamNames.Module(module), Cancel)).Value;
}
