using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Goal: <c>log-verify</c> finds a log that was changed by somebody who can write a journal without a fault. Method: the events
/// of a store are written into another one with the change.</summary>
public sealed class HashChainTests(BankStore bank) : IDisposable
{
    private readonly TestStore _store = bank.Store.Copy();
    private readonly TestStore _forged = new();

    public void Dispose()
    {
        _store.Dispose();
        _forged.Dispose();
    }

    [Fact]
    public async Task The_head_of_every_chain_is_told_and_can_be_pinned()
    {
        JsonElement chain = (await VerifyAsync(_store)).ShouldSucceed().Json.GetProperty("chains").EnumerateArray().ShouldHaveSingleItem();
        string head = chain.GetProperty("head").GetString().ShouldNotBeNull();
        long revision = chain.GetProperty("revision").GetInt64();
        chain.GetProperty("module").GetString().ShouldBe("bank");
        chain.GetProperty("recordedFrom").GetInt64().ShouldBe(0);
        (await _store.RunAsync("log-verify")).ShouldSucceed().Output.ShouldContain($"bank: chain {head} at revision {revision}");
        JsonElement[] events = [.. (await _store.RunAsync("log-inspect", "-o", "json")).ShouldSucceed().Json.EnumerateArray()];
        events.Where(found => found.GetProperty("stream").GetString() == "interstice-bank")
            .Last(found => found.TryGetProperty("chain", out _))
            .GetProperty("chain").GetString().ShouldBe(head);

        (await VerifyAsync(_store, $"bank={head}", $"bank@{revision}={head.ToUpperInvariant()}")).ShouldSucceed();
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
        (await VerifyAsync(_store, $"bank@{revision}={head}")).ShouldSucceed();
        ProgramResult grown = await VerifyAsync(_store, $"bank={head}");
        grown.Code.ShouldBe(4);
        JsonElement error = Errors(grown).ShouldHaveSingleItem();
        error.GetProperty("kind").GetString().ShouldBe("head");
        error.GetProperty("expected").GetString().ShouldBe(head);
        error.GetProperty("found").GetString().ShouldNotBe(head);
    }

    [Fact]
    public async Task A_pin_that_nothing_can_have_is_said_to_be_so()
    {
        string value = new('a', 64);
        ProgramResult result = await _store.RunAsync(
            "log-verify", "--expect-head", $"bank@1={value}", "--expect-head", $"bank@999={value}", "--expect-head", $"bonk={value}");
        result.Code.ShouldBe(4);
        result.Output.ShouldContain("bank at revision 1 should be " + value);
        result.Output.ShouldContain("found the end of the chain at revision");
        result.Output.ShouldContain("found no events of the module");
    }

    [Theory]
    [InlineData("bank")]
    [InlineData("bank=")]
    [InlineData("bank=123")]
    [InlineData("=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("bank@=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("bank@-1=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("bank@1@2=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("bank=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=")]
    public async Task What_is_no_pin_is_wrong_usage(string pin) =>
        (await _store.RunAsync("log-verify", "--expect-head", pin)).ShouldFail(2, "--expect-head takes MODULE=HASH");

    [Fact]
    public async Task A_forged_call_is_found_with_its_place()
    {
        RecordedEvent first = default;
        await ForgeAsync(events =>
        {
            int at = LastTransaction(events);
            first = events[at];
            events[at] = first with { Metadata = Encode(Read(first) with { Caller = Identity.Of("tests", "somebody else") }) };
        });

        ProgramResult result = await VerifyAsync(_forged);
        result.Code.ShouldBe(4);
        JsonElement error = Errors(result).ShouldHaveSingleItem();
        error.GetProperty("kind").GetString().ShouldBe("chain");
        error.GetProperty("stream").GetString().ShouldBe("interstice-bank");
        error.GetProperty("revision").GetInt64().ShouldBe(first.Revision.Value);
        error.GetProperty("expected").GetString().ShouldBe(Read(first).Chain.ToString());
        error.GetProperty("found").GetString().ShouldNotBe(Read(first).Chain.ToString());
        result.Json.GetProperty("chains")[0].GetProperty("head").ValueKind.ShouldBe(JsonValueKind.Null);
        ProgramResult text = await _forged.RunAsync("log-verify");
        text.Code.ShouldBe(4);
        text.Output.ShouldContain($"chain: interstice-bank, revision {first.Revision}: value of the hash chain should be ");
        text.Output.ShouldContain("CHANGED: the files are whole");
        (await _forged.RunAsync("replay-check")).ShouldFail(4, $"revision {first.Revision.Value + Read(first).EventCount - 1}", "chain value");
    }

    [Fact]
    public async Task An_event_of_another_type_in_the_stream_of_a_module_is_found()
    {
        await ForgeAsync(events => events.Insert(LastTransaction(events), events[^1] with
        {
            Id = new TransactionId(7, 7).EventId(0),
            Type = "Strange",
            Metadata = default,
        }));
        ProgramResult result = await VerifyAsync(_forged);
        result.Code.ShouldBe(4);
        Errors(result).ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("chain");
    }

    // A chain proves nothing to whoever can write all of it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rewritten_chain_and_a_log_that_was_cut_are_found_by_the_pin_alone(bool isCut)
    {
        string head = (await VerifyAsync(_store)).Json.GetProperty("chains")[0].GetProperty("head").GetString()!;
        await ForgeAsync(events =>
        {
            int at = LastTransaction(events);
            if (isCut) events.RemoveRange(at, events.FindLastIndex(IsOfBank) + 1 - at);
            else Rewrite(events, at);
        });
        (await VerifyAsync(_forged)).ShouldSucceed();
        (await _forged.RunAsync("replay-check")).ShouldSucceed();
        ProgramResult pinned = await VerifyAsync(_forged, $"bank={head}");
        pinned.Code.ShouldBe(4);
        Errors(pinned).ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("head");
    }

    // The last transaction with another caller, and the value that fits it.
    private static void Rewrite(List<RecordedEvent> events, int at)
    {
        TransactionRecord record = Read(events[at]) with { Caller = Identity.Of("tests", "somebody else") };
        var chain = new EventChain(events[at].Stream);
        chain.MoveTo(ValueBefore(events, at));
        chain.Begin(events[at].Revision);
        for (int i = 0; i < record.EventCount; i++)
            chain.Add(i == 0 ? events[at] with { Metadata = Encode(record) } : events[at + i], hasValue: i == 0);
        events[at] = events[at] with { Metadata = Encode(record with { Chain = chain.End() }) };
    }

    // What stands before the last transaction is the change of ownership of the process that ran it.
    private static ChainValue ValueBefore(List<RecordedEvent> events, int at)
    {
        RecordedEvent before = events.Take(at).Last(IsOfBank);
        before.Type.ShouldBe(EventTypes.OwnershipTaken);
        return ChainMetadata.Read(before.Metadata.Span)!.Value;
    }

    private async Task ForgeAsync(Action<List<RecordedEvent>> change)
    {
        List<RecordedEvent> events = [];
        await using (JournalStore store = await JournalStore.OpenAsync(new JournalOptions { Directory = _store.Path, ReadOnly = true }))
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                ReadDirection.Forwards, Position.Start, new EventFilter.All()))
            {
                foreach (RecordedEvent recorded in batch.Span)
                    events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
            }
        }

        change(events);
        System.IO.Directory.CreateDirectory(_forged.Path);
        await using JournalStore forged = await JournalStore.OpenAsync(new JournalOptions { Directory = _forged.Path });
        foreach (RecordedEvent recorded in events)
        {
            EventData[] data = [new(recorded.Id, recorded.Type, recorded.IsJson, recorded.Data, recorded.Metadata)];
            await forged.AppendAsync(recorded.Stream, ExpectedRevision.Any, data);
        }
    }

    private static bool IsOfBank(RecordedEvent recorded) => recorded.Stream == StreamNames.Module("bank");

    private static int LastTransaction(List<RecordedEvent> events) => events.FindLastIndex(recorded =>
        IsOfBank(recorded) && recorded.Type.StartsWith("Row", StringComparison.Ordinal) && !recorded.Metadata.IsEmpty);

    private static TransactionRecord Read(RecordedEvent recorded) => TransactionRecord.Read(recorded.Metadata.Span);

    private static byte[] Encode(TransactionRecord record)
    {
        using var writer = new PayloadWriter();
        record.Write(writer);
        return writer.Written.ToArray();
    }

    private static Task<ProgramResult> VerifyAsync(TestStore store, params string[] pins) =>
        store.RunAsync(["log-verify", "-o", "json", .. pins.SelectMany(pin => new[] { "--expect-head", pin })]);

    private static JsonElement[] Errors(ProgramResult result) => [.. result.Json.GetProperty("errors").EnumerateArray()];
}
