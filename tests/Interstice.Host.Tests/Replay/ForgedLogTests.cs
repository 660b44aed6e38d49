using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Snapshots;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Replay;

/// <summary>Goal: a log that was changed by somebody who can give it right checksums and revisions is found by the hash chain, and
/// one whose chain was rewritten from the change on by a value kept elsewhere. Method: logs with every sort of event; every byte,
/// every link.</summary>
public sealed class ForgedLogTests
{
    [Fact]
    public async Task A_log_that_was_left_alone_fits_at_every_border()
    {
        ForgedLog log = await SmallAsync();
        for (int links = 0; links <= log.Links.Count; links++)
        {
            ForgedLog prefix = log.Copy();
            prefix.Links.RemoveRange(links, prefix.Links.Count - links);
            prefix.Check().IsWhole.ShouldBeTrue();
            prefix.Check().Head.ShouldBe(prefix.Replay().Chain);
        }

        log.Check().RecordedFrom.ShouldBe(Revision.First);
    }

    [Fact]
    public async Task Every_changed_byte_of_every_event_is_found_where_it_is()
    {
        ForgedLog log = await SmallAsync();
        int bytes = 0;
        foreach ((int link, int index, RecordedEvent recorded) in All(log))
        {
            long at = log.Events().IndexOf(log.Events().First(found => found.Id == log.Links[link][0].Id));
            foreach (Func<RecordedEvent, RecordedEvent> change in ChangesOf(recorded))
            {
                ChainCheck check = log.With(link, index, change).Check();
                check.IsWhole.ShouldBeFalse($"revision {recorded.Revision}, change {bytes}");
                check.Revision.ShouldBe(new Revision(at - 1), "what stands before the change fits");
                if (check.Misfit is { } misfit) misfit.Revision.Value.ShouldBe(at);
                bytes++;
            }
        }

        bytes.ShouldBeGreaterThan(2000);
    }

    // A changed row diverges from the tables; what the tables do not show, only the chain does.
    [Fact]
    public async Task Replay_that_compares_every_hash_finds_what_the_tables_do_not_show()
    {
        ForgedLog log = await SmallAsync();
        int changed = 0;
        for (int link = 0; link < log.Links.Count; link++)
        {
            if (log.Links[link][0].Type is EventTypes.ModulePublished or EventTypes.OwnershipTaken) continue;
            ForgedLog forged = log.With(link, 0, first => first with
            {
                Metadata = Encode(TransactionRecord.Read(first.Metadata.Span) with { Caller = Identity.Of("tests", "somebody else") }),
            });
            Should.Throw<ReplayException>(forged.Replay).Kind.ShouldBe(ReplayErrorKind.Chain);
            changed++;
        }

        changed.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Every_dropped_doubled_swapped_and_inserted_link_is_found()
    {
        ForgedLog log = await SmallAsync();
        for (int i = 0; i < log.Links.Count; i++)
        {
            ForgedLog dropped = log.Copy();
            dropped.Links.RemoveAt(i);
            // Without its last link a log is what it once was: only a value that was kept elsewhere tells.
            dropped.Check().IsWhole.ShouldBe(i == log.Links.Count - 1, $"link {i} dropped");
            dropped.Check().Head.ShouldNotBe(log.Check().Head);

            ForgedLog doubled = log.Copy();
            doubled.Links.Insert(i, log.Links[i]);
            doubled.Check().IsWhole.ShouldBeFalse($"link {i} doubled");

            for (int j = i + 1; j < log.Links.Count; j++)
            {
                ForgedLog swapped = log.Copy();
                (swapped.Links[i], swapped.Links[j]) = (swapped.Links[j], swapped.Links[i]);
                swapped.Check().IsWhole.ShouldBeFalse($"links {i} and {j} swapped");
            }

            ForgedLog inserted = log.Copy();
            inserted.Links.Insert(i, [Strange(log)]);
            inserted.Check().IsWhole.ShouldBeFalse($"an event inserted before link {i}");
        }

        ForgedLog behind = log.Copy();
        behind.Links.Add([Strange(log)]);
        behind.Check().IsWhole.ShouldBeFalse("an event inserted at the end");
    }

    [Fact]
    public async Task Values_that_are_taken_out_are_missed()
    {
        ForgedLog log = await SmallAsync();
        for (int link = 1; link < log.Links.Count; link++)
        {
            ForgedLog stripped = log.Copy();
            for (int i = link; i < log.Links.Count; i++)
            {
                RecordedEvent first = log.Links[i][0];
                bool isTransaction = first.Type is not (EventTypes.ModulePublished or EventTypes.OwnershipTaken);
                stripped.Links[i][0] = first with
                {
                    Metadata = isTransaction ? Encode(TransactionRecord.Read(first.Metadata.Span) with { Chain = null }) : default,
                };
            }

            stripped.Check().Misfit.ShouldNotBeNull().Found.ShouldBe("none");
            Should.Throw<ReplayException>(stripped.Replay).Kind.ShouldBe(ReplayErrorKind.Chain);
        }
    }

    [Fact]
    public async Task A_chain_that_was_rewritten_is_found_by_a_value_kept_elsewhere_and_by_nothing_else()
    {
        ForgedLog log = await SmallAsync();
        Revision[] ends = [.. log.Links.Select(link => link[^1].Revision)];
        ChainCheck honest = log.Check(ends);
        for (int link = 0; link < log.Links.Count; link++)
        {
            if (log.Links[link][0].Type is EventTypes.ModulePublished or EventTypes.OwnershipTaken) continue;
            ForgedLog forged = log.With(link, 0, first => first with
            {
                Metadata = Encode(TransactionRecord.Read(first.Metadata.Span) with { TimeUs = 42 }),
            });
            forged.Rewrite();
            ChainCheck check = forged.Check(ends);
            check.IsWhole.ShouldBeTrue("nothing inside of the log tells");
            forged.Replay().StateHash.ShouldBe(log.Replay().StateHash);
            check.Head.ShouldNotBe(honest.Head);
            for (int i = 0; i < ends.Length; i++)
                (check.ValueAt(ends[i]) == honest.ValueAt(ends[i])).ShouldBe(i < link, $"link {link} forged, pin at {ends[i]}");
        }
    }

    [Fact]
    public async Task A_stream_does_not_pass_for_another_ones()
    {
        ForgedLog log = await SmallAsync();
        var check = new ChainCheck(StreamNames.Module("other"), []);
        foreach (RecordedEvent recorded in log.Events()) check.Add(recorded);
        check.Misfit.ShouldNotBeNull().Revision.ShouldBe(Revision.First);
    }

    // Logs that began without a chain and went on with one: the first value covers everything before it.
    [Fact]
    public async Task Random_logs_fit_and_any_one_change_is_found()
    {
        var share = new TimeShare("logs", 60, 8);
        while (share.HasMore)
        {
            Random random = share.Random;
            await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(random, isChained: random.Next(2) == 0);
            if (!module.IsChained) await module.WorkAsync(random.Next(20));
            module.IsChained = true;
            await module.WorkAsync(random.Next(2, 30));
            ForgedLog log = await ForgedLog.ReadAsync(module.Store);
            ChainCheck honest = log.Check();
            honest.IsWhole.ShouldBeTrue($"seed {share.Seed}");
            ModuleProjection replayed = await module.ReplayAsync();
            (honest.Head, honest.Revision, replayed.IsChained).ShouldBe((replayed.Chain, replayed.Revision, true));
            (await module.StartAsync()).Projection.Chain.ShouldBe(honest.Head);
            for (int i = 0; i < 20; i++)
                ChangeAtRandom(log, random).Check().IsWhole.ShouldBeFalse($"seed {share.Seed}, change {i} of log {share.Count}");
            share.Add(1);
        }

        share.End("20 changes each");
    }

    private static async Task<ForgedLog> SmallAsync()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(11));
        for (int i = 0; i < 3; i++)
        {
            await module.TakeOwnershipAsync();
            for (int j = 0; j < 3; j++) await module.TransactAsync();
            await module.PublishAsync();
        }

        await module.TransactAsync();
        return await ForgedLog.ReadAsync(module.Store);
    }

    private static IEnumerable<(int Link, int Index, RecordedEvent Recorded)> All(ForgedLog log)
    {
        for (int link = 0; link < log.Links.Count; link++)
            for (int index = 0; index < log.Links[link].Count; index++) yield return (link, index, log.Links[link][index]);
    }

    // Each byte of id, type, payload and metadata, the content type, and a byte more and a byte less.
    private static IEnumerable<Func<RecordedEvent, RecordedEvent>> ChangesOf(RecordedEvent recorded)
    {
        for (int i = 0; i < 16; i++)
        {
            byte[] id = recorded.Id.ToByteArray(bigEndian: true);
            id[i] ^= 1;
            yield return found => found with { Id = new Guid(id, bigEndian: true) };
        }

        for (int i = 0; i < recorded.Data.Length; i++)
        {
            int at = i;
            yield return found => found with { Data = Flipped(found.Data, at) };
        }

        for (int i = 0; i < recorded.Metadata.Length; i++)
        {
            int at = i;
            yield return found => found with { Metadata = Flipped(found.Metadata, at) };
        }

        yield return found => found with { IsJson = true };
        yield return found => found with { Type = found.Type == EventTypes.RowDeleted ? EventTypes.RowInserted : EventTypes.RowDeleted };
        yield return found => found with { Type = found.Type + "s" };
        yield return found => found with { Data = (byte[])[.. found.Data.Span, 0] };
        yield return found => found with { Data = found.Data[..^1] };
        yield return found => found with { Metadata = (byte[])[.. found.Metadata.Span, 0] };
    }

    private static ForgedLog ChangeAtRandom(ForgedLog log, Random random)
    {
        (int Link, int Index, RecordedEvent Recorded)[] all = [.. All(log)];
        (int link, int index, RecordedEvent recorded) = all[random.Next(all.Length)];
        ForgedLog forged = log.Copy();
        switch (random.Next(4))
        {
            case 0 when link < log.Links.Count - 1:
                forged.Links.RemoveAt(link);
                return forged;
            case 1:
                forged.Links.Insert(random.Next(log.Links.Count), log.Links[link]);
                return forged;
            case 2 when link < log.Links.Count - 1:
                (forged.Links[link], forged.Links[^1]) = (forged.Links[^1], forged.Links[link]);
                return forged;
            default:
                Func<RecordedEvent, RecordedEvent>[] changes = [.. ChangesOf(recorded)];
                return log.With(link, index, changes[random.Next(changes.Length)]);
        }
    }

    private static RecordedEvent Strange(ForgedLog log) => log.Links[^1][0] with
    {
        Id = new TransactionId(99, 99).EventId(0),
        Type = "Strange",
        Metadata = default,
    };

    private static byte[] Flipped(ReadOnlyMemory<byte> bytes, int at)
    {
        byte[] flipped = bytes.ToArray();
        flipped[at] ^= 0x10;
        return flipped;
    }

    private static byte[] Encode(TransactionRecord record)
    {
        using var writer = new PayloadWriter();
        record.Write(writer);
        return writer.Written.ToArray();
    }
}
