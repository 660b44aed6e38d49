using Interstice.Host.Commands;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: savepoints of calls within calls undo what a rejected one changed, in every module, and nothing else.
/// Method: random scripts that call, catch, reject and trap, against maps that are copied before each call and put back.</summary>
public sealed class NestedCallModelTests
{
    private const int Transactions = 150;
    private const int StepsMax = 6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Random_calls_within_calls_leave_what_a_naive_model_says(bool hasCommitPoints)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        var model = RelayHost.Modules.ToDictionary(module => module, _ => new Dictionary<byte, long>());
        int committed = 0, nested = 0;
        for (int i = 0; i < Transactions; i++)
        {
            char module = RelayHost.Modules[random.Next(RelayHost.Modules.Length)];
            var next = Copy(model);
            var script = new Script();
            End end = Write(random, script, module, [module], next, ref nested);

            CallOutcome outcome = await host.RunAsync(module, script);

            string where = $"seed {seed}, transaction {i}: {outcome}";
            if (end == End.Succeeded) outcome.ShouldBeOfType<CallOutcome.Committed>(where);
            else if (end == End.Rejected) outcome.ShouldBeOfType<CallOutcome.Rejected>(where);
            else outcome.ShouldBeOfType<CallOutcome.Trapped>(where);
            if (end != End.Succeeded) continue;
            committed++;
            model = next;
            foreach (char each in RelayHost.Modules) (await ReadAsync(host, each)).ShouldBe(model[each], ignoreOrder: true, where);
        }

        committed.ShouldBeGreaterThan(Transactions / 10, $"seed {seed}");
        nested.ShouldBeGreaterThan(Transactions, $"seed {seed}");
        await host.ExpectLogsAgreeAsync();
    }

    private static End Write(
        Random random, Script script, char module, char[] stack, Dictionary<char, Dictionary<byte, long>> state, ref int nested)
    {
        int steps = random.Next(1, StepsMax);
        for (int i = 0; i < steps; i++)
        {
            byte key = (byte)random.Next(8);
            byte value = (byte)random.Next(256);
            char[] others = [.. RelayHost.Modules.Except(stack)];
            switch (random.Next(20))
            {
                case < 8:
                    script.Put(key, value);
                    state[module][key] = value;
                    break;
                case < 11:
                    script.Delete(key);
                    state[module].Remove(key);
                    break;
                case < 18 when others.Length > 0:
                    nested++;
                    char other = others[random.Next(others.Length)];
                    Dictionary<char, Dictionary<byte, long>> before = Copy(state);
                    var inner = new Script();
                    End end = Write(random, inner, other, [.. stack, other], state, ref nested);
                    bool isCaught = random.Next(3) > 0;
                    if (isCaught) script.Try(other, inner);
                    else script.Call(other, inner);
                    if (end == End.Trapped) return end;
                    if (end == End.Succeeded) break;
                    foreach (char each in RelayHost.Modules.Except(stack)) state[each] = before[each];
                    if (isCaught) break;
                    return End.Rejected;
                case 18 when stack.Length > 1:
                    script.Reject();
                    return End.Rejected;
                case 19 when random.Next(12) == 0:
                    script.Trap();
                    return End.Trapped;
                default:
                    break;
            }
        }

        return End.Succeeded;
    }

    private static Dictionary<char, Dictionary<byte, long>> Copy(Dictionary<char, Dictionary<byte, long>> state) =>
        state.ToDictionary(pair => pair.Key, pair => new Dictionary<byte, long>(pair.Value));

    private static Task<Dictionary<byte, long>> ReadAsync(HostFixture host, char module) => host.Host.ViewAsync($"{module}", projection =>
    {
        var rows = new Dictionary<byte, long>();
        var scan = projection.State!.GetTable(0).Scan(0, default, descending: false);
        while (scan.MoveNext()) rows[scan.Current[0]] = BitConverter.ToInt64(scan.Current[8..]);
        return rows;
    });

    private enum End
    {
        Succeeded,
        Rejected,
        Trapped,
    }
}
