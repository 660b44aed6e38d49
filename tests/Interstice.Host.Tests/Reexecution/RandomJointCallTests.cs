using Interstice.Host.Commands;
using Interstice.Host.Reexecution;
using Interstice.Host.Tests.Reducers;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Goal: whatever modules call each other, with rejections that are caught, reads that leave no trace, and several callers at once,
/// running it again gives what is recorded.</summary>
public sealed class RandomJointCallTests
{
    private const int Callers = 4;
    private const int CallsEach = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_calls_over_four_modules_give_again_what_is_recorded()
    {
        int seed = Random.Shared.Next();
        await using HostFixture host = await RelayHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(host, new Random(seed + caller))));

        long calls = 0;
        foreach (char module in RelayHost.Modules)
        {
            ReexecutionResult result = await ReexecutionTests.History(host).ReexecuteAsync($"{module}", new(), null, Cancel);
            result.Differences.ShouldBeEmpty($"seed {seed}, module {module}");
            (result.JointCalls, result.NotRun).ShouldBe((0, 0), $"seed {seed}, module {module}");
            result.FuelCompared.ShouldBe(result.Calls);
            calls += result.Calls;
        }

        calls.ShouldBeGreaterThan(Callers * CallsEach, $"seed {seed}: calls over several modules count in each of them");
    }

    private static async Task CallAsync(HostFixture host, Random random)
    {
        for (int i = 0; i < CallsEach; i++)
        {
            char module = RelayHost.Modules[random.Next(RelayHost.Modules.Length)];
            Script script = new Script().PutRandom(200);
            AddSteps(random, script, [module]);
            CallOutcome outcome = await host.RunAsync(module, script);
            outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
        }
    }

    private static void AddSteps(Random random, Script script, char[] stack)
    {
        char[] others = [.. RelayHost.Modules.Except(stack)];
        int steps = random.Next(0, 5);
        for (int i = 0; i < steps; i++)
        {
            byte key = (byte)random.Next(8);
            switch (random.Next(9))
            {
                case 0: script.Put(key, (byte)random.Next(256)); break;
                case 1: script.Delete(key); break;
                case 2: script.PutRandom(key); break;
                case 3: script.PutNow(key).PutCaller((byte)(key + 1)).PutCallerModule((byte)(key + 2)); break;
                case 4: script.Emit(key); break;
                case < 8 when others.Length > 0:
                    char other = others[random.Next(others.Length)];
                    var inner = new Script();
                    AddSteps(random, inner, [.. stack, other]);
                    if (random.Next(4) == 0) inner.Reject();
                    script.Try(other, inner).PutResult(key);
                    break;
                default: break;
            }
        }
    }
}
