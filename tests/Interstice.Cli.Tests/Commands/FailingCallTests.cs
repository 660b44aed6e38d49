using Interstice.Cli.Tests.Support;
using Interstice.Journal;
using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.TestKit;
using Interstice.TestKit.Devices;

namespace Interstice.Cli.Tests.Commands;

/// <summary>R7 with the real program. Goal: whichever system call on a file of the store fails, the program says so in one sentence, the
/// log is whole, and a call that it reported as committed is there. Method: strace lets the n-th call fail, for all n that a run
/// meets, in random order.</summary>
public sealed class FailingCallTests(BankStore bank)
{
    private const int FailuresInQuickRun = 8;

    private static readonly string[] Calls = ["pwrite64", "fdatasync", "fsync", "openat", "rename", "ftruncate", "pread64", "unlink"];

    private static readonly string[] Errors = ["EIO", "ENOSPC"];
    private static readonly string[] FixedNames = ["lock", "interstice.journal", "prepared.segment.new"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_whose_system_calls_fail_ends_with_a_sentence_and_leaves_the_store_whole()
    {
        using FailingCalls calls = await FailingCalls.PrepareAsync();
        var share = new TimeShare("calls that failed", FailuresInQuickRun, 120);
        List<(string Call, string Error, int At)> points = [.. Points()];
        int refused = 0;
        while (share.HasMore && points.Count > 0)
        {
            int chosen = share.Random.Next(points.Count);
            (string call, string error, int at) = points[chosen];
            points.RemoveAt(chosen);
            using TestStore store = bank.Store.Copy();
            string why = $"{call} {error} at {at}";
            ulong before = await EndAsync(store, why);
            ProgramResult result = await RunningProgram.RunFailingAsync(
                store.Directory, calls, call, error, at, Files(store), ["call", "bank.transfer", "1", "2", "1"]);
            if (calls.Failed == 0)
            {
                points.RemoveAll(point => point.Call == call && point.Error == error && point.At > at);
                result.ShouldSucceed();
                continue;
            }

            share.Add(1);
            if (result.Code != 0) refused++;
            if (result.Code != 0) result.ShouldFail(result.Code, store.Path);
            ulong after = await EndAsync(store, why);
            if (result.Code == 0) after.ShouldBeGreaterThan(before, why);
        }

        share.End($"R7, the program; {refused} ended with a sentence, {points.Count} points are left");
        refused.ShouldBePositive();
    }

    [Theory]
    [InlineData("fdatasync", "EIO", 1)]
    [InlineData("pwrite64", "ENOSPC", 2)]
    public async Task While_writes_fail_reads_are_served_and_calls_resume_when_they_do_not(string call, string error, int at)
    {
        using FailingCalls calls = await FailingCalls.PrepareAsync();
        using TestStore store = bank.Store.Copy();
        string[] transfer = ["call", "bank.transfer", "1", "2", "1"];
        (await RunningProgram.RunFailingAsync(store.Directory, calls, call, error, at, Files(store), transfer)).ShouldFail(3, store.Path);
        calls.Failed.ShouldBePositive();
        ProgramResult rows = await RunningProgram.RunFailingAsync(
            store.Directory, calls, call, error, at, Files(store), ["rows", "bank.accounts"]);
        rows.ShouldSucceed();
        (await store.RunAsync(transfer)).ShouldSucceed();
        (await store.RunAsync("log-verify")).ShouldSucceed();
    }

    private static IEnumerable<(string Call, string Error, int At)> Points() =>
        from call in Calls
        from error in Errors
        from at in Enumerable.Range(1, 6)
        select (call, error, at);

    private static string[] Files(TestStore store) =>
    [
        store.Path,
        .. FixedNames.Select(name => Path.Join(store.Path, name)),
        .. Directory.GetFiles(store.Path, "*.segment"),
    ];

    // Where the log ends. It must be whole, and open.
    private static async Task<ulong> EndAsync(TestStore store, string why)
    {
        await using (JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = store.Path }, cancellationToken: Cancel))
        {
            await Task.Yield();
        }

        VerificationReport report = await JournalVerifier.VerifyAsync(new DirectoryFiles(store.Path), cancellationToken: Cancel);
        report.Errors.ShouldBeEmpty(why);
        return (ulong)report.Events;
    }
}
