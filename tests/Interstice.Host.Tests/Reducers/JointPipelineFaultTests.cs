using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Reexecution;
using Interstice.Host.Tests.Reexecution;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: whichever appends fail, and however, while several callers call over several modules: each call happened in all its modules or in none,
/// as its caller was told, the log says the same, and running it again gives what is recorded. Method: each call leaves a row of its own in
/// every module that it changes.</summary>
public sealed class JointPipelineFaultTests
{
    private const int Callers = 6;
    private const int CallsEach = 30;
    private const int AppendsWithFaults = 400;

    private static readonly Fault[] Faults =
        [Fault.RefusedBeforeWrite, Fault.Full, Fault.WrongRevision, Fault.UnknownNotWritten, Fault.UnknownWritten];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_calls_and_random_failures_leave_each_call_whole_or_not_at_all()
    {
        int seed = Random.Shared.Next();
        HostFixture host = await RelayHost.StartAsync();
        var random = new Random(seed);

        // The first is one of a call for certain, since none has failed before it.
        int first = host.Store.AppendCount + Callers;
        host.Store.FailAppend(first, Fault.RefusedBeforeWrite);
        for (int i = 1; i < AppendsWithFaults; i++)
            if (random.Next(12) == 0) host.Store.FailAppend(first + i, Faults[random.Next(Faults.Length)]);

        List<Made>[] made = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(host, new Random(seed + caller + 1), caller)));

        await OwnedAsync(host);
        host.Store.ClearFaults();
        Made[] all = [.. made.SelectMany(each => each)];
        foreach (Made each in all) await ExpectWholeAsync(host, each, $"seed {seed}, key {each.Key}: {each.Outcome}");
        await ExpectRunAgainAsync(host, seed);
        all.Count(each => each.Outcome is CallOutcome.Committed).ShouldBeGreaterThan(Callers, $"seed {seed}");
        all.Count(each => each.Outcome is CallOutcome.Refused).ShouldBeGreaterThan(0, $"seed {seed}");

        await using HostFixture again = await RelayHost.RestartAsync(host);
        foreach (Made each in all) await ExpectWholeAsync(again, each, $"seed {seed}, key {each.Key}, after a restart: {each.Outcome}");
    }

    private static async Task<List<Made>> CallAsync(HostFixture host, Random random, int caller)
    {
        List<Made> made = [];
        for (int i = 0; i < CallsEach; i++)
        {
            byte key = (byte)((caller * CallsEach) + i);
            char[] modules = [.. RelayHost.Modules];
            random.Shuffle(modules);
            char[] changed = modules[..random.Next(1, modules.Length + 1)];
            Script script = new Script().PutRandom(key);
            foreach (char other in changed[1..])
            {
                Script inner = new Script().PutRandom(key);
                if (random.Next(3) == 0) inner.Try(modules.First(module => module != other && module != changed[0]), new Script()).PutResult(key);
                script.Call(other, inner);
            }

            foreach (char read in modules[changed.Length..])
                if (random.Next(2) == 0) script.Try(read, new Script()).PutResult(key);
            made.Add(new(key, changed, await host.RunAsync(changed[0], script)));
            await OwnedAsync(host);
        }

        return made;
    }

    private static Task OwnedAsync(HostFixture host) => WaitFor.ConditionAsync(
        () => RelayHost.Modules.All(module => host.Host.StandingOf($"{module}")!.Role == ModuleRole.Owner), "the host to go on");

    private static async Task ExpectWholeAsync(HostFixture host, Made made, string where)
    {
        bool[] isThere = await Task.WhenAll(made.Modules.Select(async module => await host.ValueAsync(module, made.Key) != -1));
        isThere.Distinct().Count().ShouldBe(1, where);
        if (made.Outcome is not CallOutcome.Unknown) isThere[0].ShouldBe(made.Outcome is CallOutcome.Committed, where);
    }

    private static async Task ExpectRunAgainAsync(HostFixture host, int seed)
    {
        await host.ExpectLogsAgreeAsync();
        foreach (char module in RelayHost.Modules)
        {
            ReexecutionResult result = await ReexecutionTests.History(host).ReexecuteAsync($"{module}", new(), null, Cancel);
            result.Differences.ShouldBeEmpty($"seed {seed}, module {module}");
            (result.JointCalls, result.NotRun).ShouldBe((0, 0), $"seed {seed}, module {module}");
        }
    }

    private sealed record Made(byte Key, char[] Modules, CallOutcome Outcome);
}
