using System.Diagnostics;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Demo;

/// <summary>R2: kill -9 while a module is published, again and again on one store. Goal: the new version is there as a whole or not at
/// all, versions follow each other, and state and calls are what they were.</summary>
public sealed class PublishKillTests(BankStore bank)
{
    private const int KillsInQuickRun = 6;

    [Fact]
    public async Task A_publication_that_is_killed_is_there_whole_or_not_at_all()
    {
        var share = new TimeShare("kills", KillsInQuickRun, 120);
        using TestStore store = bank.Store.Copy();
        string rows = (await store.RunAsync("rows", "bank.accounts", "-o", "json")).ShouldSucceed().Output;
        (int version, string code) = await PublishedAsync(store);
        long begun = Stopwatch.GetTimestamp();
        (await store.RunAsync("publish", Variant(store, -1))).ShouldSucceed();
        TimeSpan whole = Stopwatch.GetElapsedTime(begun);
        (version, code) = await ExpectNextAsync(store, version, code);
        int published = 0;
        int killed = 0;
        while (share.HasMore)
        {
            string file = Variant(store, share.Count);
            using (RunningProgram program = store.Start("publish", file))
            {
                await Task.Delay(whole * (0.2 + (0.8 * share.Random.NextDouble())), TestContext.Current.CancellationToken);
                if (program.Kill()) killed++;
            }

            (int now, string nowCode) = await PublishedAsync(store);
            (now == version || now == version + 1).ShouldBeTrue($"version {version}, then {now}");
            (nowCode == code).ShouldBe(now == version);
            if (now > version) published++;
            (version, code) = (now, nowCode);
            share.Add(1);
        }

        (await store.RunAsync("rows", "bank.accounts", "-o", "json")).ShouldSucceed().Output.ShouldBe(rows);
        (await store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
        (await store.RunAsync("log-verify")).ShouldSucceed();
        (await store.RunAsync("replay-check")).ShouldSucceed();
        share.End($"R2, publish: {killed} killed before their end, {published} of all were published");
        killed.ShouldBePositive();
    }

    private static async Task<(int Version, string Code)> ExpectNextAsync(TestStore store, int version, string code)
    {
        (int next, string nextCode) = await PublishedAsync(store);
        next.ShouldBe(version + 1);
        nextCode.ShouldNotBe(code);
        return (next, nextCode);
    }

    private static async Task<(int Version, string Code)> PublishedAsync(TestStore store)
    {
        JsonElement module = (await store.RunAsync("modules", "-o", "json")).ShouldSucceed().Json.EnumerateArray().ShouldHaveSingleItem();
        return (module.GetProperty("version").GetInt32(), module.GetProperty("codeHash").GetString()!);
    }

    // The bank with a custom section that holds a number: other bytes, the same module.
    private static string Variant(TestStore store, int number)
    {
        byte[] section = [0, 6, 1, (byte)'v', .. BitConverter.GetBytes(number)];
        string path = Path.Join(store.Directory, "variant.wasm");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(TestStore.BankFile), .. section]);
        return path;
    }
}
