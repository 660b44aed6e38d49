using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Goal: commands about the log tell what changed nothing. Method: to a log of the program are appended what two hosts leave when one of
/// them takes the other's module over while appends are on their way: a stale transaction, one behind it that has the right epoch and is
/// void all the same (decision 23), and the change of ownership that ends it.</summary>
public sealed class VoidTransactionTests(BankStore bank) : IAsyncLifetime
{
    private const int EventsOfEach = 4;

    private readonly TestStore _store = bank.Store.Copy();
    private long _transactionsBefore;
    private long _ownershipsBefore;
    private ulong _epochBefore;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        JsonElement before = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        _transactionsBefore = before.GetProperty("transactions").GetInt64();
        _ownershipsBefore = before.GetProperty("ownerships").GetInt64();
        _epochBefore = before.GetProperty("chains")[0].GetProperty("epoch").GetUInt64();
        before.GetProperty("voidTransactions").GetInt64().ShouldBe(0);
        await AppendVoidAsync();
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Verification_counts_them_and_the_changes_of_ownership()
    {
        ProgramResult result = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed();
        foreach (JsonElement counts in (JsonElement[])[result.Json, result.Json.GetProperty("chains")[0]])
        {
            counts.GetProperty("transactions").GetInt64().ShouldBe(_transactionsBefore + 2);
            counts.GetProperty("voidTransactions").GetInt64().ShouldBe(2);
            counts.GetProperty("ownerships").GetInt64().ShouldBe(_ownershipsBefore + 2);
        }

        result.Json.GetProperty("chains")[0].GetProperty("epoch").GetUInt64().ShouldBe(_epochBefore + 2);
        string text = (await _store.RunAsync("log-verify")).ShouldSucceed().Output;
        text.ShouldContain($" {_transactionsBefore + 2} transactions (2 void), ");
        text.ShouldContain($", epoch {_epochBefore + 2} after {_ownershipsBefore + 2} changes of ownership, 2 void transactions");
    }

    [Fact]
    public async Task Inspection_marks_their_events_wherever_reading_begins()
    {
        JsonElement[] all = (await _store.RunAsync("log-inspect", "-o", "ndjson")).ShouldSucceed().JsonLines;
        JsonElement[] marked = [.. all.Where(line => line.TryGetProperty("void", out _))];
        marked.Length.ShouldBe(2 * EventsOfEach);
        marked.ShouldBe(all[^(1 + (2 * EventsOfEach))..^1]);
        marked.Where(line => line.TryGetProperty("epoch", out _)).Select(line => line.GetProperty("epoch").GetUInt64())
            .ShouldBe([_epochBefore, _epochBefore + 1]);
        foreach (JsonElement line in all)
        {
            string at = line.GetProperty("position").GetInt64().ToString(CultureInfo.InvariantCulture);
            (await _store.RunAsync("log-inspect", "-o", "ndjson", "--from", at, "--limit", "1")).ShouldSucceed().Output.Trim().ShouldBe(line.GetRawText());
        }

        // What is passed over on the way counts too.
        (await _store.RunAsync("log-inspect", "-o", "ndjson", "--op", "emit", "--match", "\"void\":true")).ShouldSucceed().JsonLines.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Text_marks_the_call_and_the_tables_are_as_if_it_had_not_been()
    {
        string[] calls = [.. (await _store.RunAsync("log-inspect", "--reducer", "transfer")).ShouldSucceed().Lines.Where(line => line[0] != ' ')];
        calls[^2].ShouldEndWith($", VOID: changed nothing, of epoch {_epochBefore}");
        calls[^1].ShouldEndWith($", VOID: changed nothing, of epoch {_epochBefore + 1}");
        calls[..^2].ShouldAllBe(line => !line.Contains("VOID"));
        (await _store.RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().Output
            .ShouldBe((await bank.RunAsync("rows", "bank.accounts", "-o", "ndjson")).Output);
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
        (await _store.RunAsync("replay-check")).ShouldSucceed();
    }

    private async Task AppendVoidAsync()
    {
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = _store.Path });
        StreamName stream = StreamNames.Module("bank");
        RecordedEvent[] last = await LastTransactionAsync(journal, stream);
        TransactionRecord record = TransactionRecord.Read(last[0].Metadata.Span);
        var chain = new EventChain(stream);
        chain.MoveTo(record.Chain!.Value);
        Revision next = last[^1].Revision.Next;
        foreach (EventData[] link in (EventData[][])
            [Own(_epochBefore + 1), Again(last, record), Again(last, record with { Epoch = _epochBefore + 1 }), Own(_epochBefore + 2)])
        {
            chain.Begin(next);
            for (int i = 0; i < link.Length; i++)
                chain.Add(link[i].Id, link[i].Type, link[i].IsJson, link[i].Data.Span, i == 0 ? link[i].Metadata.Span[..^ChainValue.Bytes] : link[i].Metadata.Span);
            chain.End();
            if (link[0].Type == EventTypes.OwnershipTaken) link[0] = link[0] with { Metadata = ChainMetadata.ToBytes(chain.Value) };
            (await journal.AppendAsync(stream, ExpectedRevision.Any, link, Cancel)).ShouldBeOfType<AppendResult.Appended>();
            next = new Revision(next.Value + link.Length);
        }
    }

    private static EventData[] Own(ulong epoch) =>
    [
        new(Guid.NewGuid(), EventTypes.OwnershipTaken, IsJson: false, new OwnershipTaken(Guid.NewGuid(), epoch).ToBytes(), ChainMetadata.ToBytes(default)),
    ];

    // The same changes in a transaction of its own; the value that it records was computed for another place.
    private static EventData[] Again(RecordedEvent[] transaction, TransactionRecord record)
    {
        using var writer = new PayloadWriter();
        record.Write(writer);
        var id = new TransactionId((ulong)Random.Shared.NextInt64(), (uint)Random.Shared.Next());
        ReadOnlyMemory<byte> metadata = writer.Written.ToArray();
        return [.. transaction.Select((recorded, i) =>
            new EventData(id.EventId(i), recorded.Type, recorded.IsJson, recorded.Data, i == 0 ? metadata : default))];
    }

    private static async Task<RecordedEvent[]> LastTransactionAsync(JournalStore journal, StreamName stream)
    {
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in journal.ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        return [.. events.TakeLast(EventsOfEach)];
    }
}
