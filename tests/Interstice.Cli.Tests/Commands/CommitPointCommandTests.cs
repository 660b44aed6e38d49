using System.Text.Json;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Tests.Support;
using Interstice.EventStoreDb;
using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Kernel.Values;
using Interstice.ManagedEngine;
using Interstice.TestKit.EventStores;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Goal: <c>log-verify</c> and <c>replay-check</c> tell where a transaction over several modules was committed and a module has not got its part: as a
/// fault where it is lost, as open where it comes yet. Method: a journal that a host wrote one stream at a time, whole and copied without the part.</summary>
public sealed class CommitPointCommandTests : IAsyncLifetime
{
    private static readonly Identity Tester = Identity.Of("tests", "tester");

    private readonly TestStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // a changes a row and has b change one; then a changes another alone.
    public async ValueTask InitializeAsync()
    {
        await using JournalStore journal = await OpenAsync(_store);
        await using ServiceProvider services = await StartAsync(journal);
        IMediator mediator = services.GetRequiredService<IMediator>();
        byte[] relay = await File.ReadAllBytesAsync(Path.Join(AppContext.BaseDirectory, "modules", "relay.wasm"), Cancel);
        foreach (string module in (string[])["a", "b", "c", "d"]) await mediator.Send(new PublishModule(relay, Tester, module), Cancel);
        byte[] put = [1, 1, 1];
        foreach (byte[] script in (byte[][])[[.. put, 3, 1, .. ArgumentsOf(put)], [1, 2, 2]])
            (await mediator.Send(new CallReducer("a", "run", ArgumentsOf(script), Tester), Cancel)).ShouldBeOfType<CallOutcome.Committed>();
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_transaction_whose_parts_are_all_there_is_counted()
    {
        JsonElement json = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("commitPoints").GetInt64().ShouldBe(1);
        json.GetProperty("openCommitPoints").GetArrayLength().ShouldBe(0);
        (await _store.RunAsync("log-verify")).ShouldSucceed().Output.ShouldNotContain("open:");
        (await _store.RunAsync("replay-check", "-o", "json")).ShouldSucceed().Json.GetProperty("openCommitPoints").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_part_that_is_lost_is_named_with_its_place()
    {
        using TestStore lost = new();
        RecordedEvent part = await CopyAsync(lost, keepsLast: true);

        ProgramResult verified = await lost.RunAsync("log-verify", "-o", "json");
        verified.Code.ShouldBe(4);
        JsonElement error = verified.Json.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        error.GetProperty("kind").GetString().ShouldBe("commitPoint");
        error.GetProperty("stream").GetString().ShouldBe(part.Stream.Value);
        error.GetProperty("revision").GetInt64().ShouldBe(part.Revision.Value);
        error.GetProperty("expected").GetString().ShouldBe($"the part of transaction {TransactionId.OfEvent(part.Id, out _)}");
        (await lost.RunAsync("log-verify")).Output.ShouldContain("CHANGED: ");

        ProgramResult replayed = await lost.RunAsync("replay-check");
        replayed.Code.ShouldBe(1);
        replayed.Output.ShouldContain($"DIVERGED at {part.Stream} revision {part.Revision} ");
    }

    [Fact]
    public async Task A_part_that_comes_yet_is_told_and_is_no_error()
    {
        using TestStore open = new();
        await CopyAsync(open, keepsLast: false);
        foreach (string command in (string[])["log-verify", "replay-check"])
        {
            JsonElement point = (await open.RunAsync(command, "-o", "json")).ShouldSucceed().Json
                .GetProperty("openCommitPoints").EnumerateArray().ShouldHaveSingleItem();
            point.GetProperty("module").GetString().ShouldBe("a");
            point.GetProperty("missing").EnumerateArray().Select(module => module.GetString()).ShouldBe(["b"]);
            (await open.RunAsync(command)).ShouldSucceed().Output.ShouldContain("what it committed is not in the stream of b yet");
        }
    }

    // What a repair left out is no fault of who wrote the log: it is listed as a hole.
    [Fact]
    public async Task A_part_that_a_repair_left_out_is_no_error()
    {
        using TestStore repaired = await RepairAsync();
        await ShouldBeWholeButForTheHoleAsync(repaired);
        (await repaired.RunAsync("replay-check", "--module", "b")).ShouldSucceed();
    }

    // The stream without the part ends at the revision before, so that the next transaction takes the one that the part had.
    [Fact]
    public async Task What_a_module_goes_on_with_after_a_repair_is_not_taken_for_its_part()
    {
        using TestStore repaired = await RepairAsync();
        await using (JournalStore journal = await OpenAsync(repaired))
        await using (ServiceProvider services = await StartAsync(journal))
        {
            CallOutcome outcome = await services.GetRequiredService<IMediator>().Send(new CallReducer("b", "run", ArgumentsOf([1, 5, 5]), Tester), Cancel);
            outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        }

        await ShouldBeWholeButForTheHoleAsync(repaired);
    }

    // The right to read everything is an administrator's, and a store without commit points has nothing to look for.
    [Fact]
    public async Task Replay_check_reads_streams_of_modules_only()
    {
        await using JournalStore journal = await OpenAsync(_store);
        using var session = new Session(OutputFormat.Json, null, isVerbose: false);
        foreach (string? module in (string?[])[null, "a", "b", "d"])
        {
            var reads = StoreReads.Of(new CanonicalStore(journal));
            ReplayCheckReport report = await new ReplayCheck(session, reads.Store, module).RunAsync(1);
            (report.IsDeterministic, report.CommitPointFailure).ShouldBe((true, null), $"module {module}");
            reads.OfAll.ShouldBe(0, $"module {module}");
        }
    }

    [Fact]
    public async Task What_was_replayed_is_told_where_parts_cannot_be_looked_for()
    {
        await using JournalStore journal = await OpenAsync(_store);
        using var session = new Session(OutputFormat.Json, null, isVerbose: false);
        var reads = StoreReads.Of(new CanonicalStore(journal));
        reads.Refused = StreamNames.Module("a");
        ReplayCheckReport report = await new ReplayCheck(session, reads.Store, "b").RunAsync(2);
        report.Runs.Count.ShouldBe(2);
        report.IsDeterministic.ShouldBeTrue();
        report.CommitPointFailure.ShouldNotBeNull().Kind.ShouldBe(EventStoreErrorKind.Refused);
    }

    // All that is left of b's part is the hole.
    private static async Task ShouldBeWholeButForTheHoleAsync(TestStore repaired)
    {
        JsonElement json = (await repaired.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("holes").GetArrayLength().ShouldBe(1);
        json.GetProperty("commitPoints").GetInt64().ShouldBe(1);
        json.GetProperty("openCommitPoints").GetArrayLength().ShouldBe(0);
        (await repaired.RunAsync("replay-check")).ShouldSucceed().Output.ShouldContain("deterministic: ");
    }

    // A copy whose frame with b's part was damaged, and left out by a repair; a had gone on behind it.
    private async Task<TestStore> RepairAsync()
    {
        TestStore repaired = _store.Copy();
        await using (JournalStore journal = await OpenAsync(repaired))
        {
            RecordedEvent part = (await ReadAsync(journal)).FindLast(recorded => recorded.Stream == StreamNames.Module("b"));
            await using FileStream segment = new(repaired.Segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            segment.Position = (long)part.Position.Commit + 40;
            int value = segment.ReadByte();
            segment.Position--;
            segment.WriteByte((byte)(value ^ 1));
        }

        (await repaired.RunAsync("log-verify")).Code.ShouldBe(4);
        (await repaired.RunAsync("replay-check", "--recovery", "salvage")).ShouldSucceed();
        (await repaired.RunAsync("log-repair", "--mode", "skip", "--yes")).ShouldSucceed();
        return repaired;
    }

    private static async Task<ServiceProvider> StartAsync(JournalStore journal)
    {
        ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(new FaultInjectingStore(journal) { TakesOneStreamOnly = true })
            .AddSingleton<IModuleEngine>(new ManagedModuleEngine())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(TimeProvider.System)
            .AddIntersticeHost(null)
            .BuildServiceProvider();
        await services.GetRequiredService<ModuleHost>().StartAsync();
        return services;
    }

    private static ValueTask<JournalStore> OpenAsync(TestStore store) => JournalStore.OpenAsync(new JournalOptions { Directory = store.Path });

    private static byte[] ArgumentsOf(byte[] script) => [.. BitConverter.GetBytes(script.Length), .. script];

    // Copies all but the part of b and, if it is not to be kept, the last transaction of a.
    private async Task<RecordedEvent> CopyAsync(TestStore to, bool keepsLast)
    {
        await using JournalStore journal = await OpenAsync(_store);
        await using JournalStore copy = await OpenAsync(to);
        List<RecordedEvent> events = await ReadAsync(journal);
        RecordedEvent part = events.FindLast(recorded => recorded.Stream == StreamNames.Module("b"));
        RecordedEvent last = events.FindLast(recorded => recorded.Stream == StreamNames.Module("a"));
        foreach (RecordedEvent recorded in events)
        {
            if (recorded.Id == part.Id || (!keepsLast && recorded.Id == last.Id)) continue;
            EventData[] one = [new(recorded.Id, recorded.Type, recorded.IsJson, recorded.Data, recorded.Metadata)];
            (await copy.AppendAsync(recorded.Stream, ExpectedRevision.Any, one, Cancel)).ShouldBeOfType<AppendResult.Appended>();
        }

        return part;
    }

    private static async Task<List<RecordedEvent>> ReadAsync(JournalStore journal)
    {
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in journal.ReadAllAsync(
            ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        return events;
    }
}
