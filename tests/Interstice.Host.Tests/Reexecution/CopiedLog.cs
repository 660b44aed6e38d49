using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Copies a store event by event into a journal in memory, and lets somebody change events on the way.</summary>
internal static class CopiedLog
{
    /// <summary>Copies.</summary>
    /// <param name="source">The store.</param>
    /// <param name="change">Gives the event to write instead, or null to leave it out.</param>
    public static async Task<JournalStore> WriteAsync(IEventStore source, Func<RecordedEvent, RecordedEvent?> change)
    {
        var options = new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 };
        JournalStore copy = await JournalStore.OpenAsync(options, null, new MemoryFiles());
        List<RecordedEvent> all = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in source.ReadAllAsync(
            ReadDirection.Forwards, Position.Start, new EventFilter.All(), long.MaxValue))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                all.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        foreach (RecordedEvent recorded in all)
        {
            if (change(recorded) is not { } changed) continue;
            EventData[] events = [new(changed.Id, changed.Type, changed.IsJson, changed.Data, changed.Metadata)];
            (await copy.AppendAsync(changed.Stream, ExpectedRevision.Any, events)).ShouldBeOfType<AppendResult.Appended>();
        }

        return copy;
    }

    /// <summary>The event with another record of its call.</summary>
    public static RecordedEvent With(this RecordedEvent recorded, Func<TransactionRecord, TransactionRecord> change)
    {
        using var writer = new PayloadWriter();
        change(TransactionRecord.Read(recorded.Metadata.Span)).Write(writer);
        return recorded with { Metadata = writer.Written.ToArray() };
    }
}
