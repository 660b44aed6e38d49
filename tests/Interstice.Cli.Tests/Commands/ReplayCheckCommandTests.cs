using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Tests.Commands;

public sealed class ReplayCheckCommandTests(BankStore bank) : IDisposable
{
    private readonly TestStore _other = new();

    public void Dispose() => _other.Dispose();

    [Fact]
    public async Task Every_run_gives_the_hash_that_the_last_transaction_recorded()
    {
        JsonElement[] events = (await bank.RunAsync("log-inspect", "-o", "ndjson", "--op", "update")).JsonLines;
        string recorded = events.Last(
            line => line.TryGetProperty("stateHash", out _)).GetProperty("stateHash").GetString()!;
        JsonElement json = (await bank.RunAsync("replay-check", "--runs", "3", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("deterministic").GetBoolean().ShouldBeTrue();
        json.GetProperty("divergence").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement[] runs = [.. json.GetProperty("runs").EnumerateArray()];
        runs.Length.ShouldBe(3);
        runs.ShouldAllBe(run => run.GetProperty("hash").GetString() == recorded);
        (await bank.RunAsync("replay-check", "-o", "yaml")).ShouldSucceed().Yaml["deterministic"].ToString()
            .ShouldBe("true");
        (await bank.RunAsync("replay-check", "--module", "bank")).ShouldSucceed().Output
            .ShouldContain("deterministic: ");
    }

    [Fact]
    public async Task A_transaction_with_another_hash_is_named_with_its_reducer()
    {
        const int changed = 2;
        long revision = await CopyWithAnotherHashAsync(changed);
        ProgramResult result = await _other.RunAsync("replay-check", "-o", "json");
        result.Code.ShouldBe(1);
        JsonElement divergence = result.Json.GetProperty("divergence");
        divergence.GetProperty("stream").GetString().ShouldBe("interstice-bank");
        divergence.GetProperty("reducer").GetString().ShouldBe("open_account");
        divergence.GetProperty("revision").GetInt64().ShouldBeInRange(revision, revision + 1);
        divergence.GetProperty("expected").GetString().ShouldBe(new string('0', 31) + "1");
        divergence.GetProperty("actual").GetString().ShouldNotBeNull().Length.ShouldBe(32);
        ProgramResult text = await _other.RunAsync("replay-check");
        text.Code.ShouldBe(1);
        text.Output.ShouldContain("DIVERGED at interstice-bank revision");
    }

    [Fact]
    public async Task An_unknown_module_gets_the_nearest_name() =>
        (await bank.RunAsync("replay-check", "--module", "bonk")).ShouldFail(2, "did you mean \"bank\"?");

    // The same log written again, with another state hash in the n-th transaction; every checksum is right.
    private async Task<long> CopyWithAnotherHashAsync(int changed)
    {
        CancellationToken ended = TestContext.Current.CancellationToken;
        var from = new JournalOptions { Directory = bank.Store.Path, ReadOnly = true };
        await using JournalStore source = await JournalStore.OpenAsync(from, cancellationToken: ended);
        await using JournalStore target = await JournalStore.OpenAsync(
            new() { Directory = _other.Path },
            cancellationToken: ended);
        int transactions = 0;
        long revision = -1;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in source.ReadAllAsync(
            ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: ended))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                RecordedEvent recorded = batch.Span[i];
                byte[] metadata = recorded.Metadata.ToArray();
                bool isCall = metadata.Length > 0 && recorded.Type.StartsWith("Row", StringComparison.Ordinal);
                if (isCall && ++transactions == changed)
                {
                    metadata = WithHash(TransactionRecord.Read(metadata), 1);
                    revision = recorded.Revision.Value;
                }

                EventData[] copy =
                    [new(recorded.Id, recorded.Type, recorded.IsJson, recorded.Data.ToArray(), metadata)];
                (await target.AppendAsync(recorded.Stream, ExpectedRevision.Any, copy, ended))
                    .ShouldBeOfType<AppendResult.Appended>();
            }
        }

        revision.ShouldBePositive();
        return revision;
    }

    private static byte[] WithHash(TransactionRecord record, UInt128 hash)
    {
        using var writer = new PayloadWriter(512);
        (record with { StateHash = hash }).Write(writer);
        return writer.Written.ToArray();
    }
}
