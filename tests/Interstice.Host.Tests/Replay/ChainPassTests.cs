using Interstice.Host.Replay;
using Interstice.Host.Tests.Snapshots;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Replay;

/// <summary>Goal: checking the chain in stretches says yes to what checking it from the first event says yes to, with the same values, and to
/// nothing else. Method: both ways over the same logs, whole and forged, in stretches of any length.</summary>
public sealed class ChainPassTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whole_logs_give_the_same_values_in_stretches_of_any_length()
    {
        ForgedLog log = await LogAsync();
        Revision[] wanted = [.. log.Events().Select(recorded => recorded.Revision)];
        ChainCheck expected = log.Check(wanted);
        foreach (int eventsAtATime in new[] { 1, 2, 5, 1000 })
        {
            await using JournalStore store = await StoreAsync(log, eventsAtATime);
            for (int stretchBytes = 40; stretchBytes < 100_000; stretchBytes += 1 + stretchBytes / 5)
            {
                string why = $"{eventsAtATime} events at a time, stretches of {stretchBytes} bytes";
                ChainPassResult? result = await RunAsync(store, stretchBytes, wanted);
                ChainCheck found = result.ShouldNotBeNull(why).Chains[LoggedModule.Name];
                ExpectSame(found, expected, why);
                foreach (Revision revision in wanted) found.ValueAt(revision).ShouldBe(expected.ValueAt(revision), why);
                result.Transactions.ShouldBe(log.Links.Count(link => EventTypes.IsOfTransaction(link[0].Type)), why);
            }
        }
    }

    [Fact]
    public async Task Whatever_does_not_fit_is_accepted_neither_way()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        ForgedLog log = await LogAsync();
        int accepted = 0;
        int refused = 0;
        // Few of what is forged at random still fits; so many rounds that both kinds were seen often enough.
        for (int round = 0; round < 1500 || (accepted <= 20 && round < 15_000); round++)
        {
            ForgedLog forged = Forge(log, random);
            string why = $"seed {seed}, round {round}";
            ChainCheck check = forged.Check();
            await using JournalStore store = await StoreAsync(forged, 1 + random.Next(6));
            ChainPassResult? result = await RunAsync(store, 40 + random.Next(4000), []);
            (result is not null).ShouldBe(check.IsWhole, why);
            if (result is null) refused++;
            else accepted++;
            if (result is not null) ExpectSame(result.Chains[LoggedModule.Name], check, why);
        }

        accepted.ShouldBeGreaterThan(20, $"seed {seed}");
        refused.ShouldBeGreaterThan(1000, $"seed {seed}");
    }

    // Borders are no matter of the chain, which somebody may have computed anew.
    [Fact]
    public async Task Events_of_another_type_inside_a_transaction_are_not_accepted_though_the_chain_fits()
    {
        ForgedLog log = await LogAsync();
        int link = log.Links.FindIndex(events => events.Count > 2);
        ForgedLog forged = log.With(link, 1, found => found with { Type = "Strange" });
        forged.Rewrite();
        forged.Check().IsWhole.ShouldBeTrue();
        await using JournalStore store = await StoreAsync(forged, 3);
        foreach (int stretchBytes in new[] { 50, 500, 100_000 }) (await RunAsync(store, stretchBytes, [])).ShouldBeNull();
    }

    // Their values are computed, not recorded, so that only one way through them is there.
    [Fact]
    public async Task Logs_from_before_the_chain_are_left_to_the_check_in_order()
    {
        await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(new Random(3), isChained: false);
        for (int i = 0; i < 5; i++) await module.TransactAsync();
        ForgedLog log = await ForgedLog.ReadAsync(module.Store);
        log.Check().IsWhole.ShouldBeTrue();
        await using JournalStore store = await StoreAsync(log, 3);
        (await RunAsync(store, 500, [])).ShouldBeNull();
    }

    [Fact]
    public async Task A_log_without_modules_is_right_and_empty()
    {
        await using JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = "/memory" }, null, new MemoryFiles(), Cancel);
        await store.AppendAsync(new StreamName("something"), ExpectedRevision.Any, new[] { new EventData(Guid.NewGuid(), "x", false, new byte[9], default) }, Cancel);
        ChainPassResult? result = await RunAsync(store, 100, []);
        result.ShouldNotBeNull().Chains.ShouldBeEmpty();
        result.Transactions.ShouldBe(0);
    }

    private static void ExpectSame(ChainCheck found, ChainCheck expected, string why)
    {
        found.IsWhole.ShouldBeTrue(why);
        found.Head.ShouldBe(expected.Head, why);
        found.Revision.ShouldBe(expected.Revision, why);
        found.Next.ShouldBe(expected.Next, why);
        found.RecordedFrom.ShouldBe(expected.RecordedFrom, why);
    }

    private static Task<ChainPassResult?> RunAsync(JournalStore store, int stretchBytes, IEnumerable<Revision> wanted) => ChainPass.RunAsync(
        store, store.End, threads: 3, wanted.ToLookup(_ => LoggedModule.Name), null, Cancel, stretchBytes);

    private static ForgedLog Forge(ForgedLog log, Random random)
    {
        ForgedLog forged = log.Copy();
        int link = random.Next(forged.Links.Count);
        int index = random.Next(forged.Links[link].Count);
        switch (random.Next(8))
        {
            case 0:
                forged.Links.RemoveAt(link);
                return forged;
            case 1:
                forged.Links.Insert(random.Next(forged.Links.Count + 1), forged.Links[link]);
                return forged;
            case 2:
                (forged.Links[link], forged.Links[0]) = (forged.Links[0], forged.Links[link]);
                return forged;
            case 3:
                forged.Links[link].RemoveAt(index);
                return forged;
            case 4:
                // Values computed anew over what was taken out or doubled fit again.
                forged.Links.Insert(link, forged.Links[link]);
                if (random.Next(2) == 0) forged.Links.RemoveAt(random.Next(forged.Links.Count));
                forged.Rewrite();
                return forged;
            case 5:
                return forged.With(link, index, found => found with { Data = Flip(found.Data, random) });
            case 6:
                return forged.With(link, index, found => found with { Metadata = Flip(found.Metadata, random) });
            default:
                byte[] id = forged.Links[link][index].Id.ToByteArray();
                id[random.Next(16)] ^= (byte)(1 << random.Next(8));
                return forged.With(link, index, found => found with { Id = new Guid(id) });
        }
    }

    private static byte[] Flip(ReadOnlyMemory<byte> bytes, Random random)
    {
        byte[] flipped = bytes.IsEmpty ? new byte[1] : bytes.ToArray();
        flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static async Task<ForgedLog> LogAsync()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(11));
        for (int i = 0; i < 4; i++)
        {
            await module.TakeOwnershipAsync();
            for (int j = 0; j < 4; j++) await module.TransactAsync();
            await module.PublishAsync();
        }

        return await ForgedLog.ReadAsync(module.Store);
    }

    // A journal with these events, so many in each append: a link may be cut anywhere.
    private static async Task<JournalStore> StoreAsync(ForgedLog log, int eventsAtATime)
    {
        JournalStore store = await JournalStore.OpenAsync(
            new JournalOptions { Directory = "/memory", SegmentBytes = 16 << 10 }, null, new MemoryFiles(), Cancel);
        foreach (RecordedEvent[] chunk in log.Events().Chunk(eventsAtATime))
        {
            EventData[] events =
            [
                .. chunk.Select(found => new EventData(found.Id, found.Type, found.IsJson, found.Data, found.Metadata)),
            ];
            var expected = ExpectedRevision.At(new Revision(chunk[0].Revision.Value - 1));
            (await store.AppendAsync(StreamNames.Module(LoggedModule.Name), expected, events, Cancel)).ShouldBeOfType<AppendResult.Appended>();
            EventData[] between = [new(Guid.NewGuid(), "Between", false, new byte[20], default)];
            await store.AppendAsync(new StreamName("between"), ExpectedRevision.Any, between, Cancel);
        }

        return store;
    }
}
