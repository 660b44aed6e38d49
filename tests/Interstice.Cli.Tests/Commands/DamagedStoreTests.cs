using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Files that were tampered with, cut off, or written by something else.</summary>
public sealed class DamagedStoreTests(BankStore bank) : IDisposable
{
    private readonly TestStore _store = bank.Store.Copy();

    public static TheoryData<string> CommandsThatRead =>
    [
        "call bank.transfer 1 2 3",
        "query bank.balance 1",
        "rows bank.accounts",
        "modules",
        "schema bank",
        "log-inspect",
        "replay-check",
    ];

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_whole_log_is_verified_in_every_format()
    {
        JsonElement json = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("ok").GetBoolean().ShouldBeTrue();
        json.GetProperty("segments").GetInt32().ShouldBe(1);
        json.GetProperty("transactions").GetInt64().ShouldBe(5);
        json.GetProperty("frames").GetInt64().ShouldBePositive();
        json.GetProperty("bytes").GetInt64().ShouldBePositive();
        json.GetProperty("errors").GetArrayLength().ShouldBe(0);
        (await _store.RunAsync("log-verify", "-o", "yaml")).ShouldSucceed().Yaml["ok"].ToString().ShouldBe("true");
        (await _store.RunAsync("log-verify")).ShouldSucceed().Output.ShouldContain("5 transactions");
    }

    [Theory]
    [MemberData(nameof(CommandsThatRead))]
    public async Task A_changed_byte_is_refused_with_its_place(string line)
    {
        FlipByteOf("alice");
        byte[] before = await ReadAsync(_store.Segment);
        (await _store.RunAsync(line.Split(' '))).ShouldFail(4, ".segment is damaged at byte ", "should be ", "found ");
        (await ReadAsync(_store.Segment)).ShouldBe(before);
    }

    [Fact]
    public async Task Verifying_names_the_damaged_frame_and_goes_on()
    {
        long place = FlipByteOf("alice");
        ProgramResult result = await _store.RunAsync("log-verify", "-o", "json");
        result.Code.ShouldBe(4);
        result.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        JsonElement error = result.Json.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        error.GetProperty("kind").GetString().ShouldBe("frame");
        error.GetProperty("segment").GetInt64().ShouldBe(1);
        error.GetProperty("position").GetInt64().ShouldBeInRange(place - 4096, place);
        error.GetProperty("expected").GetString().ShouldNotBe(error.GetProperty("found").GetString());
        ProgramResult text = await _store.RunAsync("log-verify");
        text.Code.ShouldBe(4);
        text.Output.ShouldContain("DAMAGED");
    }

    [Theory]
    [MemberData(nameof(CommandsThatRead))]
    public async Task A_store_of_another_program_is_not_opened(string line)
    {
        await File.WriteAllTextAsync(_store.StoreFile, "SQLite format 3", TestContext.Current.CancellationToken);
        (await _store.RunAsync(line.Split(' '))).ShouldFail(3, "interstice.journal");
    }

    [Theory]
    [MemberData(nameof(CommandsThatRead))]
    public async Task A_store_of_a_future_version_is_not_opened(string line)
    {
        const int versionOffset = 8;
        const int checksumOffset = 60;
        byte[] file = await ReadAsync(_store.StoreFile);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(versionOffset), 9);
        BinaryPrimitives.WriteUInt32LittleEndian(
            file.AsSpan(checksumOffset),
            Crc32C.Compute(file.AsSpan(0, checksumOffset)));
        await File.WriteAllBytesAsync(_store.StoreFile, file, TestContext.Current.CancellationToken);
        (await _store.RunAsync(line.Split(' ')))
            .ShouldFail(3, "has format version 9", "use the program that wrote it, or a newer one");
    }

    [Fact]
    public async Task A_truncated_store_file_is_damage()
    {
        byte[] file = await ReadAsync(_store.StoreFile);
        await File.WriteAllBytesAsync(_store.StoreFile, file[..40], TestContext.Current.CancellationToken);
        (await _store.RunAsync("modules")).ShouldFail(4, "interstice.journal is damaged");
        (await _store.RunAsync("log-verify")).Code.ShouldBe(4);
    }

    // The log was closed in order, so that a shorter one has lost something that was durable.
    [Fact]
    public async Task A_log_that_was_cut_short_loses_no_silent_transaction()
    {
        byte[] log = await ReadAsync(_store.Segment);
        int place = log.AsSpan().LastIndexOf("large_transfer"u8);
        await File.WriteAllBytesAsync(_store.Segment, log[..place], TestContext.Current.CancellationToken);
        ProgramResult verified = await _store.RunAsync("log-verify", "-o", "json");
        verified.Code.ShouldBe(4);
        verified.Json.GetProperty("errors").GetArrayLength().ShouldBePositive();
    }

    private long FlipByteOf(string word)
    {
        byte[] log = File.ReadAllBytes(_store.Segment);
        int place = log.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word));
        place.ShouldBePositive();
        log[place] ^= 1;
        File.WriteAllBytes(_store.Segment, log);
        return place;
    }

    private static Task<byte[]> ReadAsync(string path) =>
        File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
}
