using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reloading;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Reexecution;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Reloading;

/// <summary>Goal: callers in flight see one build or the other, none is lost, and the log says which build made what.</summary>
public sealed class ReloadTests
{
    private const int Reloads = 20;
    private const int Callers = 8;

    private static readonly ReloadOptions Accepting = new() { CanaryCalls = 200, AcceptsChanges = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callers_at_full_rate_lose_nothing_and_see_no_mixture_of_builds()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("stamp_one");

        List<CallOutcome.Committed> answers = await ReloadUnderLoadAsync(host.Host, host.Mediator);

        await ExpectUnmixedAsync(host.Journal, answers, publications: Reloads + 1);
        (await host.RebuildAsync("stamp")).StateHash.ShouldBe(await host.HashAsync("stamp"));
        (await ReexecutionTests.HistoryOf(host.Journal).ReexecuteAsync("stamp", new(), null, Cancel)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task So_it_is_on_a_store_that_several_hosts_share_where_another_host_goes_on()
    {
        var options = new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel);
        List<CallOutcome.Committed> answers;
        await using (SharedHost owner = SharedHost.Make(store, isShared: true))
        {
            await owner.Host.StartAsync(cancellationToken: Cancel);
            await owner.Mediator.Send(new PublishModule(HostFixture.Binary("stamp_one"), HostFixture.Tester), Cancel);
            answers = await ReloadUnderLoadAsync(owner.Host, owner.Mediator);
        }

        // That host was cut off and ended in the middle of its work; this one takes over.
        await using SharedHost next = SharedHost.Make(store, isShared: true);
        await next.Host.StartAsync(cancellationToken: Cancel);
        await WaitFor.ConditionAsync(() => next.Host.StandingOf("stamp")!.Role == ModuleRole.Owner, "the next host to own the module");
        CallOutcome outcome = await next.Mediator.Send(new CallReducer("stamp", "stamp", default, HostFixture.Tester), Cancel);
        answers.Add(outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString()));

        await ExpectUnmixedAsync(store, answers, publications: Reloads + 1);
        var rebuilt = new ModuleProjection("stamp") { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(store, rebuilt, null, TimeProvider.System, null, Cancel);
        rebuilt.StateHash.ShouldBe(await next.Host.ViewAsync("stamp", projection => projection.StateHash));
    }

    [Fact]
    public async Task A_host_that_starts_again_runs_the_build_that_was_reloaded_last()
    {
        string directory;
        await using (HostFixture host = await HostFixture.StartAsync())
        {
            await host.PublishAsync("stamp_one");
            await host.CommitAsync("stamp", "stamp");
            await host.Host.ReloadAsync("stamp", HostFixture.Binary("stamp_two"), HostFixture.Tester, Accepting, null, Cancel);
            directory = await CopyAsync(host.Directory);
        }

        // A copy of the files as they were while the host ran: what a killed process leaves.
        await using HostFixture again = await HostFixture.StartAsync(directory);
        (await StampAsync(again)).ShouldBe(2);
        (await again.RebuildAsync("stamp")).StateHash.ShouldBe(await again.HashAsync("stamp"));
    }

    [Fact]
    public async Task Rolling_back_publishes_the_build_before_as_a_new_version()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("stamp_one");
        await host.PublishAsync("stamp_two");
        (await StampAsync(host)).ShouldBe(2);

        ReloadResult result = await host.Host.RollBackAsync("stamp", HostFixture.Tester, Accepting, null, Cancel);

        result.Published!.Version.ShouldBe(3);
        result.Published.Code.ShouldBe(CodeHash.Of(HostFixture.Binary("stamp_one")));
        result.Canary!.DifferentCalls.ShouldBe(1);
        (await StampAsync(host)).ShouldBe(1);
        (await host.Host.ViewAsync("stamp", projection => projection.State!.GetTable(0).Count)).ShouldBe(2);

        // Once more: the build before the present one is the second again.
        await host.Host.RollBackAsync("stamp", HostFixture.Tester, Accepting, null, Cancel);
        (await StampAsync(host)).ShouldBe(2);
    }

    [Fact]
    public async Task A_module_of_one_build_has_none_to_go_back_to()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("stamp_one");

        (await Should.ThrowAsync<ModuleRefusedException>(() =>
            host.Host.RollBackAsync("stamp", HostFixture.Tester, Accepting, null, Cancel))).Message.ShouldContain("none to go back to");
    }

    private static async Task<List<CallOutcome.Committed>> ReloadUnderLoadAsync(ModuleHost host, MediatR.IMediator mediator)
    {
        using var ends = new CancellationTokenSource();
        Task<List<CallOutcome.Committed>>[] callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(mediator, ends.Token)))];
        try
        {
            for (int i = 0; i < Reloads; i++)
            {
                byte[] next = HostFixture.Binary(i % 2 == 0 ? "stamp_two" : "stamp_one");
                ReloadResult result = await host.ReloadAsync("stamp", next, HostFixture.Tester, Accepting, null, Cancel);
                result.Published.ShouldNotBeNull().Version.ShouldBe(i + 2);
            }
        }
        finally
        {
            await ends.CancelAsync();
        }

        return [.. (await Task.WhenAll(callers)).SelectMany(answers => answers)];
    }

    private static async Task<List<CallOutcome.Committed>> CallAsync(MediatR.IMediator mediator, CancellationToken ends)
    {
        List<CallOutcome.Committed> answers = [];
        while (!ends.IsCancellationRequested)
        {
            CallOutcome outcome = await mediator.Send(new CallReducer("stamp", "stamp", default, HostFixture.Tester), CancellationToken.None);
            answers.Add(outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString()));
        }

        return answers;
    }

    // Every answered call stands in the log once; row, event and result bear the number of the build in force.
    private static async Task ExpectUnmixedAsync(JournalStore store, List<CallOutcome.Committed> answers, int publications)
    {
        Dictionary<Revision, long> answered = answers.ToDictionary(answer => answer.Revision, answer => BitConverter.ToInt64(answer.Value.Span));
        answered.Count.ShouldBeGreaterThan(Callers);
        int published = 0;
        long inForce = 0;
        long row = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
            StreamNames.Module("stamp"), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                ReadOnlySpan<byte> payload = recorded.Data.Span;
                switch (recorded.Type)
                {
                    case EventTypes.ModulePublished:
                        published++;
                        inForce = ModulePublished.Read(payload).Code == CodeHash.Of(HostFixture.Binary("stamp_one")) ? 1 : 2;
                        break;
                    case EventTypes.RowInserted:
                        row = BitConverter.ToInt64(payload[^8..]);
                        row.ShouldBe(inForce);
                        break;
                    case EventTypes.EventEmitted:
                        BitConverter.ToInt64(payload[^8..]).ShouldBe(inForce);
                        if (answered.Remove(recorded.Revision, out long result)) result.ShouldBe(inForce);
                        break;
                }
            }
        }

        published.ShouldBe(publications);
        answered.ShouldBeEmpty();
    }

    private static async Task<long> StampAsync(HostFixture host) =>
        BitConverter.ToInt64((await host.CommitAsync("stamp", "stamp")).Value.Span);

    private static async Task<string> CopyAsync(string directory)
    {
        string copy = Directory.CreateTempSubdirectory("interstice-reload-").FullName;
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            if (Path.GetFileName(file).StartsWith("lock", StringComparison.Ordinal)) continue;
            await using FileStream from = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using FileStream to = new(Path.Combine(copy, Path.GetFileName(file)), FileMode.Create);
            await from.CopyToAsync(to, Cancel);
        }

        return copy;
    }
}
