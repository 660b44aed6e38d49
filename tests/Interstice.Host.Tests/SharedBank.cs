using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests;

/// <summary>A bank in a journal in memory, what callers asked for and what they were told.</summary>
internal sealed class SharedBank : IAsyncDisposable
{
    public static readonly StreamName Bank = StreamNames.Module("bank");

    private readonly List<(string Owner, CallOutcome Outcome)> _told = [];
    private int _next;

    private SharedBank(JournalStore store) => Store = store;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public JournalStore Store { get; }

    /// <summary>Another build of the bank, which does the same.</summary>
    public static byte[] AnotherBuild(char mark = 'x') => [.. HostFixture.Binary("bank"), 0, 2, 1, (byte)mark];

    public IEnumerable<CallOutcome> Outcomes => _told.Select(told => told.Outcome);

    public static async Task<SharedBank> OpenAsync()
    {
        var options = new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 };
        // Each host here takes ownership first: nothing is sent behind an append that does, and the chain is what is tested.
        var scene = new SharedBank(await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel));
        await using SharedHost host = await scene.StartAsync();
        await host.Mediator.Send(new PublishModule(HostFixture.Binary("bank"), HostFixture.Tester), Cancel);
        await scene.CallAsync(host);
        return scene;
    }

    public async Task<SharedHost> StartAsync(TimeProvider? time = null, TimeSpan? patience = null)
    {
        ModuleHostOptions options = new()
        {
            Loop = new() { ResolveTimeout = patience ?? TimeSpan.FromSeconds(1) },

            // A clock that a test moves must not stop what runs meanwhile.
            Limits = new() { CallTimeMax = time is null ? TimeSpan.FromSeconds(10) : Timeout.InfiniteTimeSpan },
        };
        SharedHost host = await SharedHost.StartAsync(Store, options, time);
        if (host.Host.Names.Count > 0) await CallAsync(host);
        return host;
    }

    public async Task<CallOutcome> CallAsync(SharedHost host, long money = 0)
    {
        string owner = $"owner-{_next++}";
        CallOutcome outcome = await host.OpenAccountAsync(owner, money);
        _told.Add((owner, outcome));
        return outcome;
    }

    /// <summary>Notes what a caller was told.</summary>
    public void Tell(string owner, CallOutcome outcome)
    {
        lock (_told) _told.Add((owner, outcome));
    }

    /// <summary>Calls that are all in flight, each in an append of its own if the store takes them.</summary>
    public async Task CallInFlightAsync(SharedHost host, int count)
    {
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.Role == ModuleRole.Owner, "the host to own the module");
        host.Store.CloseGate();
        List<(string Owner, Task<CallOutcome> Answer)> calls = [];
        for (int i = 0; i < count; i++)
        {
            int appends = host.Store.AppendCount;
            string owner = $"owner-{_next++}";
            Task<CallOutcome> answer = host.OpenAccountAsync(owner);
            calls.Add((owner, answer));

            await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends || answer.IsCompleted, "the append to be sent");
        }

        host.Store.OpenGate();
        foreach ((string owner, Task<CallOutcome> answer) in calls) _told.Add((owner, await answer));
    }

    public async Task CallUntilCommittedAsync(SharedHost host)
    {
        for (int i = 0; i < 100; i++)
        {
            await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.Role == ModuleRole.Owner, "the host to own the module");
            if (await CallAsync(host) is CallOutcome.Committed) return;
        }

        throw new InvalidOperationException($"no call is committed any more: {_told[^1].Outcome}, {host.Host.StandingOf("bank")}");
    }

    public async Task<ModuleProjection> RebuildAsync()
    {
        var projection = new ModuleProjection("bank") { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(Store, projection, null, TimeProvider.System, null, Cancel);
        return projection;
    }

    public async Task<int> CountVoidAsync()
    {
        ulong epoch = 0;
        int count = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in Store.ReadStreamAsync(Bank, ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                if (recorded.Type == EventTypes.OwnershipTaken) epoch = OwnershipTaken.Read(recorded.Data.Span).Epoch;
                else if (EventTypes.IsOfTransaction(recorded.Type) && TransactionRecord.ReadDigest(recorded.Metadata.Span).Epoch < epoch) count++;
            }
        }

        return count;
    }

    /// <summary>Compares what callers were told with the host, and the host with its log.</summary>
    public async Task ExpectTruthAsync(SharedHost host, string why = "")
    {
        await WaitFor.ConditionAsync(() => host.Host.StandingOf("bank")!.Role == ModuleRole.Owner, "the host to own the module");
        ModuleProjection rebuilt = await RebuildAsync();
        (Kernel.Hashing.StateHash hash, ChainValue chain, Revision revision) = await host.Host.ViewAsync(
            "bank", projection => (projection.StateHash, projection.Chain, projection.Revision));
        (hash, chain, revision).ShouldBe((rebuilt.StateHash, rebuilt.Chain, rebuilt.Revision), why);
        foreach (int stretch in new[] { 1, 5, 100 })
        {
            var fast = new ModuleProjection("bank");
            ReplayOptions options = new() { StretchEvents = stretch };
            await ModuleReplay.RunAsync(Store, fast, null, options, TimeProvider.System, null, Cancel);
            (fast.StateHash, fast.Chain, fast.Revision).ShouldBe((hash, chain, revision), $"{why}, stretches of {stretch}");
        }

        var check = new ChainCheck(Bank, []);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in Store.ReadStreamAsync(Bank, ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) check.Add(recorded);
        check.IsWhole.ShouldBeTrue($"{why} {check.Misfit}");
        check.Head.ShouldBe(chain, why);
        foreach ((string owner, CallOutcome outcome) in _told)
        {
            int accounts = await host.CountAccountsAsync(owner);
            string what = $"{owner} was told {outcome}; {why}";
            if (outcome is CallOutcome.Committed) accounts.ShouldBe(1, what);
            else if (outcome is CallOutcome.Unknown) accounts.ShouldBeLessThan(2, what);
            else accounts.ShouldBe(0, what);
        }
    }

    /// <summary>Waits until a host stands where the log ends, then compares it with the log.</summary>
    public async Task ExpectFollowedAsync(SharedHost host, string why = "")
    {
        ModuleProjection rebuilt = await RebuildAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            (Kernel.Hashing.StateHash hash, ChainValue chain, Revision revision) = await host.Host.ViewAsync(
                "bank", projection => (projection.StateHash, projection.Chain, projection.Revision));
            if (revision < rebuilt.Revision && !patience.IsCancellationRequested)
            {
                await Task.Yield();
                continue;
            }

            (hash, chain, revision).ShouldBe((rebuilt.StateHash, rebuilt.Chain, rebuilt.Revision), $"{why} {host.Host.StandingOf("bank")}");
            return;
        }
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
