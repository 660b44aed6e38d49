using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Snapshots;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Replay;

/// <summary>The events of a module's stream in the hands of somebody who can write any log, with right checksums and revisions
/// without gaps.</summary>
internal sealed class ForgedLog
{
    private static readonly StreamName Stream = StreamNames.Module(LoggedModule.Name);

    private ForgedLog(IEnumerable<List<RecordedEvent>> links) => Links = [.. links.Select(link => link.ToList())];

    /// <summary>The links of the chain, each with its events.</summary>
    public List<List<RecordedEvent>> Links { get; }

    public static async Task<ForgedLog> ReadAsync(IEventStore store)
    {
        List<List<RecordedEvent>> links = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
            Stream, ReadDirection.Forwards, Revision.First, long.MaxValue))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                TransactionId.OfEvent(recorded.Id, out int index);
                if (index == 0) links.Add([]);
                links[^1].Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
            }
        }

        return new(links);
    }

    public ForgedLog Copy() => new(Links);

    /// <summary>A copy with one event changed.</summary>
    public ForgedLog With(int link, int index, Func<RecordedEvent, RecordedEvent> change)
    {
        ForgedLog copy = Copy();
        copy.Links[link][index] = change(copy.Links[link][index]);
        return copy;
    }

    /// <summary>The events, numbered without a gap.</summary>
    public List<RecordedEvent> Events()
    {
        List<RecordedEvent> events = [.. Links.SelectMany(link => link)];
        for (int i = 0; i < events.Count; i++) events[i] = events[i] with { Revision = new Revision(i) };
        return events;
    }

    /// <summary>Records the values that fit what is there, as somebody does who knows how the chain is made.</summary>
    public void Rewrite()
    {
        var chain = new EventChain(Stream);
        long revision = 0;
        foreach (List<RecordedEvent> link in Links)
        {
            chain.Begin(new Revision(revision));
            for (int i = 0; i < link.Count; i++) chain.Add(link[i], hasValue: i == 0);
            byte[] value = new byte[ChainValue.Bytes];
            chain.End().Write(value);
            link[0] = link[0] with { Metadata = (byte[])[.. link[0].Metadata.Span[..^ChainValue.Bytes], .. value] };
            revision += link.Count;
        }
    }

    public ChainCheck Check(params Revision[] wanted)
    {
        var check = new ChainCheck(Stream, wanted);
        foreach (RecordedEvent recorded in Events()) check.Add(recorded);
        return check;
    }

    /// <summary>Replays, comparing every hash.</summary>
    public ModuleProjection Replay()
    {
        var projection = new ModuleProjection(LoggedModule.Name) { ComparesEveryHash = true };
        foreach (RecordedEvent recorded in Events()) projection.Replay(recorded);
        projection.ExpectComplete();
        return projection;
    }
}
