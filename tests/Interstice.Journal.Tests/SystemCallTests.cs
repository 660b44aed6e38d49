using System.Diagnostics;
using System.Globalization;
using Interstice.TestKit;
using Interstice.TestKit.Devices;

namespace Interstice.Journal.Tests;

// R6 and R7 with real system calls. Goal: what the tests in memory show of a failing device holds of the one that the system has.
// Method: a process of its own appends, goes on after failures, and opens again, while strace lets its n-th sync fail.
public sealed class SystemCallTests
{
    private const int Appends = 16;
    private const int SegmentBytes = 4096;
    private const string FirstSegment = "0000000001-00000000000000000000.segment";

    [Theory]
    [InlineData("inline", "EIO")]
    [InlineData("queued", "EIO")]
    [InlineData("queued", "ENOSPC")]
    [InlineData("pooled", "EIO")]
    public async Task After_an_injected_EIO_on_fsync_no_later_append_is_acknowledged_until_the_store_is_reopened_and_recovered(
        string mode, string error)
    {
        using FailingCalls calls = await FailingCalls.PrepareAsync();
        int met = 0;
        int resumed = 0;
        for (int at = 1; at == 1 || calls.Failed > 0; at += 3)
        {
            using TemporaryDirectory place = new();
            string[] said = await RunAsync(calls, "fdatasync", error, at, Path.Join(place.Path, "store"), mode);
            (int failures, int openings) = ExpectSilenceAfterFailures(said, $"sync {at} of a thread: {string.Join(", ", said)}");
            met += failures;
            resumed += openings;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R6: {met} real syncs of appends failed with {error}, {resumed} stores resumed");
        met.ShouldBeGreaterThanOrEqualTo(mode == "pooled" ? 1 : 3); // strace counts for each thread, and several threads sync
        resumed.ShouldBePositive();
    }

    // Follows the lines: after a failed append none is acknowledged before the store is opened again; then what was acknowledged is there.
    private static (int Failures, int Resumed) ExpectSilenceAfterFailures(string[] said, string why)
    {
        bool isPoisoned = false;
        int failures = 0, resumed = 0, acknowledged = 0, perhaps = 0;
        foreach (string[] words in said.Select(line => line.Split(' ')))
        {
            switch (words)
            {
                case ["opened", var count]:
                    int held = int.Parse(count, CultureInfo.InvariantCulture);
                    held.ShouldBeInRange(acknowledged, acknowledged + perhaps, why);
                    acknowledged = held;
                    perhaps = 0;
                    isPoisoned = false;
                    break;
                case ["acknowledged", _]:
                    isPoisoned.ShouldBeFalse(why);
                    acknowledged++;
                    if (failures > 0) resumed = 1;
                    break;
                case ["failed", _, "Unknown"]:
                    isPoisoned.ShouldBeFalse(why);
                    isPoisoned = true;
                    failures++;
                    perhaps = 1;
                    break;
                case ["failed", _, "Unavailable"]: // refused after a failure, or the sync that failed was that of a rotation before it
                    failures += isPoisoned ? 0 : 1;
                    isPoisoned = true;
                    break;
                case ["failed", _, "Full" or "Refused"]: // the next segment's file could not be made: nothing was written
                    isPoisoned.ShouldBeFalse(why);
                    break;
                case ["read", var count]:
                    count.ShouldBe($"{acknowledged}", why); // served all the same
                    break;
                default:
                    (words[0] is "closed" or "refused").ShouldBeTrue(why);
                    break;
            }
        }

        return (failures, resumed);
    }

    // Any call that the journal makes may fail; whatever was acknowledged is there when the store is opened again.
    [Fact]
    public async Task Whatever_real_call_fails_what_was_acknowledged_is_in_the_store()
    {
        using FailingCalls calls = await FailingCalls.PrepareAsync();
        var share = new TimeShare("failing calls", 50, 20);
        string[] names = ["pwrite64", "fdatasync", "fsync", "openat", "rename", "ftruncate", "unlink", "pread64"];
        int met = 0;
        while (share.HasMore)
        {
            using TemporaryDirectory place = new();
            string path = Path.Join(place.Path, "store");
            string call = names[share.Count % names.Length];
            string error = share.Random.Next(2) == 0 ? "EIO" : "ENOSPC";
            string[] paths = call is "openat" or "pwrite64" or "pread64" or "ftruncate" or "unlink" ? OurFiles(path) : []; // .NET calls these too
            string[] said = await RunAsync(calls, call, error, share.Random.Next(1, 8), path, "queued", paths);
            int acknowledged = said.Count(line => line.StartsWith("acknowledged ", StringComparison.Ordinal));
            string why = $"{call} {error}: {string.Join(", ", said)}";
            await ExpectHeldAsync(path, acknowledged, why);
            met += calls.Failed > 0 ? 1 : 0;
            share.Add(1);
        }

        share.End($"R7, a call failed in {met}");
        met.ShouldBePositive();
    }

    private static async Task ExpectHeldAsync(string path, int acknowledged, string why)
    {
        await using JournalStore store = await JournalStore.OpenAsync(new JournalOptions { Directory = path });
        int held = (int)(await store.GetLastRevisionAsync(new Kernel.Events.StreamName("numbers"))).Value + 1;
        held.ShouldBeGreaterThanOrEqualTo(acknowledged, why);
    }

    private static string[] OurFiles(string store) =>
    [
        store, .. new[] { "lock", "interstice.journal", "interstice.journal.new", "prepared.segment.new", FirstSegment }
            .Select(name => Path.Join(store, name)),
    ];

    private static async Task<string[]> RunAsync(
        FailingCalls calls, string call, string error, int at, string store, string mode, params string[] paths)
    {
        string worker = Path.Join(AppContext.BaseDirectory, "Interstice.AppendWorker.dll");
        string[] arguments = [worker, store, mode == "pooled" ? "queued" : mode, $"{Appends}", $"{SegmentBytes}"];
        ProcessStartInfo start = calls.Start(
            call, error, at, paths, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments);

        // Then no pool thread takes the writer's place.
        if (mode == "queued") start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{call} {error} at {at}: {output}{await errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
