using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Tests.Replay;

/// <summary>Goal: a replay by several threads gives what applying event by event gives, the same state or the same error at the same
/// revision, whatever the threads do when. Method: random histories, whole and spoilt in every way, in stretches of any length,
/// from a store that hands out pieces of any length at any time, overwrites them, and refuses a reader too many.</summary>
public sealed class ReplayRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Random_histories_give_the_state_that_events_one_by_one_give() => RunAsync(25, async random =>
    {
        List<RecordedEvent> events = await HistoryAsync(random, isChained: random.Next(4) > 0);
        Outcome expected = OneByOne(events);
        expected.Fault.ShouldBeNull();
        for (int i = 0; i < 4; i++) ExpectSame(await ReplayAsync(events, random), expected);
    });

    [Fact]
    public Task A_wanted_revision_inside_a_transaction_gives_the_state_after_it() => RunAsync(10, async random =>
    {
        List<RecordedEvent> events = await HistoryAsync(random);
        for (int i = 0; i < 8; i++)
        {
            int to = random.Next(events.Count);
            int count = to + 1;
            while (count < events.Count && IndexOf(events[count]) != 0) count++;
            ExpectSame(await ReplayAsync(events, random, new Revision(to)), OneByOne(events[..count]));
        }
    });

    [Fact]
    public async Task Whatever_is_wrong_is_reported_where_and_as_events_one_by_one_report_it()
    {
        ReplayErrorKind[] wanted =
        [
            ReplayErrorKind.Gap, ReplayErrorKind.UnknownType, ReplayErrorKind.Undecodable, ReplayErrorKind.TransactionBorder,
            ReplayErrorKind.Diverged, ReplayErrorKind.StateHash, ReplayErrorKind.Chain,
        ];
        HashSet<ReplayErrorKind> kinds = [];
        for (int round = 0; round < 10 && (round == 0 || !kinds.IsSupersetOf(wanted)); round++) await RunAsync(25, SpoilAsync);
        kinds.IsSupersetOf(wanted).ShouldBeTrue(string.Join(", ", kinds));

        async Task SpoilAsync(Random random)
        {
            List<RecordedEvent> events = await HistoryAsync(random, isChained: random.Next(4) > 0);
            for (int i = 0; i < 12; i++)
            {
                List<RecordedEvent> spoilt = Spoil(events, random);
                Outcome expected = OneByOne(spoilt);
                ExpectSame(await ReplayAsync(spoilt, random), expected);
                if (expected.Fault is { } fault) kinds.Add(fault.Kind);
            }
        }
    }

    [Fact]
    public Task The_first_of_two_errors_is_reported_be_it_the_stores_or_the_logs() => RunAsync(20, async random =>
    {
        List<RecordedEvent> events = await HistoryAsync(random);
        List<RecordedEvent> spoilt = Spoil(events, random);
        var failsAt = new Revision(random.Next(spoilt.Count));
        Outcome before = OneByOne(spoilt[..(int)failsAt.Value], isWhole: false);
        var store = new ListedStore(spoilt, random.Next()) { FailsAt = failsAt };
        Exception? fault = await Record.ExceptionAsync(() => ReplayAsync(store, random));
        if (before.Fault is { } first) fault.ShouldBeOfType<ReplayException>().Message.ShouldBe(first.Message);
        else fault.ShouldBeOfType<EventStoreException>().Message.ShouldContain($"revision {failsAt} ");
        store.OpenReads.ShouldBe(0);
    });

    [Fact]
    public Task A_cancelled_replay_ends_and_leaves_no_thread_reading() => RunAsync(20, async random =>
    {
        List<RecordedEvent> events = await HistoryAsync(random);
        using var cancelled = new CancellationTokenSource();
        int pieces = random.Next(1, 4);
        var store = new ListedStore(events, random.Next())
        {
            BeforePiece = () =>
            {
                if (Interlocked.Decrement(ref pieces) == 0) cancelled.Cancel();
            },
        };
        await Should.ThrowAsync<OperationCanceledException>(() => ReplayAsync(store, random, cancellation: cancelled.Token));
        store.OpenReads.ShouldBe(0);
    });

    [Fact]
    public Task Progress_rises_to_the_end() => RunAsync(5, async random =>
    {
        List<RecordedEvent> events = await HistoryAsync(random);
        var told = new List<long>();
        await ReplayAsync(new ListedStore(events, random.Next()), random, progress: new Listener(progress =>
        {
            progress.Last.Value.ShouldBe(events.Count - 1);
            told.Add(progress.Revision.Value);
        }));
        told.ShouldBe(told.Order());
        told[^1].ShouldBe(events.Count - 1);
    });

    [Fact]
    public Task A_snapshot_in_the_middle_and_the_rest_give_the_same_state() => RunAsync(6, async random =>
    {
        await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(random);
        await module.WorkAsync(60);
        await module.TakeAsync();
        await module.WorkAsync(60);
        (ModuleProjection projection, ReplayResult result) = await module.StartAsync();
        result.From.Value.ShouldBePositive();
        ExpectSame(new Outcome(projection, null), OneByOne((await ForgedLog.ReadAsync(module.Store)).Events()));
    });

    private static async Task RunAsync(int times, Func<Random, Task> body)
    {
        int first = Environment.TickCount;
        for (int i = 0; i < times; i++)
        {
            int seed = unchecked(first + i);
            try
            {
                await body(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"with seed {seed}: {failure.Message}", failure);
            }
        }
    }

    private static async Task<List<RecordedEvent>> HistoryAsync(Random random, bool isChained = true)
    {
        await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(random, isChained);
        await module.WorkAsync(random.Next(40, 120));
        if (!isChained && random.Next(2) == 0)
        {
            // An older program wrote the log first; this one goes on with it.
            module.IsChained = true;
            await module.WorkAsync(40);
        }

        return (await ForgedLog.ReadAsync(module.Store)).Events();
    }

    private static List<RecordedEvent> Spoil(List<RecordedEvent> events, Random random)
    {
        List<RecordedEvent> spoilt = [.. events];
        int at = random.Next(1, events.Count);
        RecordedEvent other = events[random.Next(1, events.Count)];
        switch (random.Next(10))
        {
            case 0:
                spoilt.RemoveAt(at);
                break;
            case 1:
                spoilt.RemoveRange(at, spoilt.Count - at);
                break;
            case 2:
                spoilt.Insert(at, other with { Revision = spoilt[at].Revision });
                break;
            case 3:
                spoilt[at] = spoilt[at] with { Type = "SomethingElse" };
                break;
            case 4:
                spoilt[at] = spoilt[at] with { Id = other.Id };
                break;
            case 5:
                spoilt[at] = spoilt[at] with { Type = other.Type };
                break;
            case 6:
                spoilt[at] = spoilt[at] with { Data = other.Data, Type = other.Type };
                break;
            case 7:
                spoilt[at] = spoilt[at] with { Data = Flip(spoilt[at].Data, random) };
                break;
            case 8:
                spoilt[at] = spoilt[at] with { Metadata = Flip(spoilt[at].Metadata, random) };
                break;
            default:
                at = spoilt.FindLastIndex(recorded => IndexOf(recorded) == 0);
                spoilt[at] = spoilt[at] with { Metadata = Flip(spoilt[at].Metadata, random) };
                break;
        }

        return spoilt;
    }

    private static byte[] Flip(ReadOnlyMemory<byte> bytes, Random random)
    {
        byte[] copy = bytes.ToArray();
        if (copy.Length > 0) copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static int IndexOf(RecordedEvent recorded)
    {
        TransactionId.OfEvent(recorded.Id, out int index);
        return index;
    }

    // Compares hashes at the end alone, as a start does.
    private static Outcome OneByOne(IReadOnlyList<RecordedEvent> events, bool isWhole = true)
    {
        var projection = new ModuleProjection(LoggedModule.Name);
        try
        {
            foreach (RecordedEvent recorded in events) projection.Replay(recorded);
            if (isWhole) projection.ExpectComplete();
            return new(projection, null);
        }
        catch (ReplayException fault)
        {
            return new(projection, fault);
        }
    }

    private static async Task<Outcome> ReplayAsync(List<RecordedEvent> events, Random random, Revision? to = null)
    {
        var store = new ListedStore(events, random.Next()) { ReadersMax = random.Next(1, 7) };
        var projection = new ModuleProjection(LoggedModule.Name);
        try
        {
            await ReplayAsync(store, random, to, projection);
            return new(projection, null);
        }
        catch (ReplayException fault)
        {
            return new(projection, fault);
        }
        finally
        {
            store.OpenReads.ShouldBe(0);
        }
    }

    private static Task<ReplayResult> ReplayAsync(
        ListedStore store,
        Random random,
        Revision? to = null,
        ModuleProjection? projection = null,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken? cancellation = null)
    {
        var options = new ReplayOptions { Threads = random.Next(1, 6), StretchEvents = random.Next(1, 80) };
        return ModuleReplay.RunAsync(
            store, projection ?? new(LoggedModule.Name), to, options, TimeProvider.System, progress, cancellation ?? Cancel);
    }

    private static void ExpectSame(Outcome found, Outcome expected)
    {
        found.Fault?.Message.ShouldBe(expected.Fault?.Message ?? "no error");
        expected.Fault?.Message.ShouldBe(found.Fault?.Message ?? "no error");
        if (expected.Fault is not null)
        {
            found.Fault!.Kind.ShouldBe(expected.Fault.Kind);
            return;
        }

        found.Projection.Revision.ShouldBe(expected.Projection.Revision);
        found.Projection.TransactionCount.ShouldBe(expected.Projection.TransactionCount);
        found.Projection.ReplayedTransactionAt.ShouldBe(expected.Projection.ReplayedTransactionAt);
        found.Projection.RecordedHash.ShouldBe(expected.Projection.RecordedHash);
        found.Projection.StateHash.ShouldBe(expected.Projection.StateHash);
        found.Projection.Chain.ShouldBe(expected.Projection.Chain);
        found.Projection.IsChained.ShouldBe(expected.Projection.IsChained);
        found.Projection.Epoch.ShouldBe(expected.Projection.Epoch);
        foreach (Table table in found.Projection.State is { } state ? state.Tables : []) table.Verify();
    }

    private sealed record Outcome(ModuleProjection Projection, ReplayException? Fault);

    private sealed class Listener(Action<ReplayProgress> listen) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => listen(value);
    }
}
