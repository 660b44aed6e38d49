using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;
using Member = Interstice.Host.Tests.Ownership.HostFleet.Member;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: hosts that are killed, stopped, paused and cut off at random leave one history: nothing acknowledged is lost, nothing
/// happens twice, and every host and a fresh replay have the same tables. Method: two or three hosts over one store, clients that call any
/// of them and repeat what was refused, appends that are lost or come late; and the same with planted bugs, which must be seen.</summary>
public sealed class FailOverTests
{
    private const int ClientsPerStep = 4;
    private const int AttemptsMax = 100_000;

    [Fact]
    public async Task Hosts_killed_and_restarted_at_random_leave_one_history()
    {
        var share = new TimeShare("rounds", 50, 40);
        var sums = new Sums();
        while (share.HasMore)
        {
            int seed = share.Random.Next();
            await RunRoundAsync(new Random(seed), FleetBug.None, sums, $"replay with INTERSTICE_TEST_SEED={share.Seed}, round {share.Count}");
            share.Add(1);
        }

        share.End($"{sums.Kills} kills, {sums.Stops} stops, {sums.Pauses} pauses, {sums.Epochs} changes of ownership, " +
            $"{sums.Committed} calls committed, {sums.Unknown} unknown, {sums.Voids} transactions void");
    }

    [Theory]
    [InlineData(FleetBug.ReadersIgnoreEpochs)]
    [InlineData(FleetBug.ClaimsWithoutReading)]
    [InlineData(FleetBug.TrustsItsHeartbeat)]
    public async Task A_planted_bug_is_seen(FleetBug bug)
    {
        var sums = new Sums();
        for (int seed = 1; seed <= 40; seed++)
        {
            try
            {
                await RunRoundAsync(new Random(seed), bug, sums, $"seed {seed}");
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{bug} is seen with seed {seed}: {fault.Message}");
                return;
            }
        }

        Assert.Fail($"{bug} is not seen in 40 rounds");
    }

    private static async Task RunRoundAsync(Random random, FleetBug bug, Sums sums, string why)
    {
        await using HostFleet fleet = await HostFleet.OpenAsync(bug);
        int count = 2 + random.Next(2);
        for (int i = 0; i < count; i++) await fleet.StartAsync($"{i}");
        int next = count;
        for (int step = 0; step < 4; step++)
        {
            foreach (Member member in fleet.Running()) Disturb(member, random);
            bool isLate = random.Next(2) == 0;
            Task[] clients = isLate ? [] : Begin();
            Member[] running = fleet.Running();
            Member victim = running[random.Next(running.Length)];
            switch (random.Next(4))
            {
                case 0:
                    sums.Kills++;
                    await victim.KillAsync();
                    await fleet.StartAsync($"{next++}");
                    break;
                case 1:
                    sums.Stops++;
                    await victim.StopAsync();
                    await fleet.StartAsync($"{next++}");
                    break;
                case 2:
                    sums.Pauses++;
                    victim = running.FirstOrDefault(member => member.Role == ModuleRole.Owner) ?? victim;
                    victim.Pause();
                    clients = [.. clients, .. await SendAsync(fleet, victim, sums)];
                    if (isLate) await fleet.UntilAsync(() => fleet.Running().Any(member => member.Role == ModuleRole.Owner), $"another owner; {why}");
                    else for (int tick = random.Next(7); tick >= 0; tick--) await fleet.TickAsync();
                    victim.Resume();
                    break;
                default:
                    victim.Host.Store.BreakSubscriptions();
                    break;
            }

            if (isLate) clients = [.. clients, .. Begin()];
            await fleet.UntilAsync(() => clients.All(client => client.IsCompleted), $"the clients' answers; {why}");
            await Task.WhenAll(clients);
        }

        await fleet.LandAllAsync();
        foreach (Member member in fleet.Running()) member.Host.Store.ClearFaults();
        await fleet.SettleAsync(why);
        Member owner = fleet.Running().Single(member => member.Role == ModuleRole.Owner);
        Task last = fleet.Bank.CallUntilCommittedAsync(owner.Host);
        await fleet.UntilAsync(() => last.IsCompleted, $"a last call; {why}");
        await last;
        foreach (Member member in fleet.Running())
        {
            Task followed = fleet.Bank.ExpectFollowedAsync(member.Host, $"{member.Name}; {why}");
            await fleet.UntilAsync(() => followed.IsCompleted, $"{member.Name} to follow; {why}");
            await followed;
        }

        await fleet.Bank.ExpectTruthAsync(owner.Host, why);
        sums.Epochs += (long)(await fleet.Bank.RebuildAsync()).Epoch;
        sums.Voids += await fleet.Bank.CountVoidAsync();

        Task[] Begin() => [.. Enumerable.Range(0, ClientsPerStep).Select(_ => CallAsync(fleet, random.Next(), sums))];
    }

    private static void Disturb(Member member, Random random)
    {
        Fault[] faults = [Fault.UnknownNotWritten, Fault.UnknownWritten, Fault.UnknownWrittenLate, Fault.RefusedBeforeWrite];
        member.Host.Store.LateBy = random.Next(4);
        for (int i = random.Next(3); i > 0; i--)
            member.Host.Store.FailAppend(member.Host.Store.AppendCount + random.Next(6), faults[random.Next(faults.Length)]);
    }

    // Calls a host that is paused: appends of their own, which go out when it wakes.
    private static async Task<Task[]> SendAsync(HostFleet fleet, Member member, Sums sums)
    {
        Task[] calls = new Task[3];
        for (int i = 0; i < calls.Length; i++)
        {
            int appends = member.Host.Store.AppendCount;
            string owner = $"client-{Interlocked.Increment(ref sums.Clients)}";
            Task<CallOutcome> call = member.OpenAccountAsync(owner);
            calls[i] = TellAsync(owner, call);
            for (int looks = 0; looks < 20_000 && !call.IsCompleted && member.Host.Store.AppendCount == appends; looks++) await Task.Yield();
        }

        return calls;

        async Task TellAsync(string owner, Task<CallOutcome> call) => fleet.Bank.Tell(owner, await call);
    }

    // Calls any host, and repeats what was refused: it is certain then that nothing was committed.
    private static async Task CallAsync(HostFleet fleet, int seed, Sums sums)
    {
        var random = new Random(seed);
        string owner = $"client-{Interlocked.Increment(ref sums.Clients)}";
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            Member[] running = fleet.Running();
            if (running.Length == 0)
            {
                await Task.Yield();
                continue;
            }

            Member member = running[random.Next(running.Length)];
            Task<CallOutcome> call = member.OpenAccountAsync(owner);
            await Task.WhenAny(call, member.Ended);
            CallOutcome outcome = call.IsCompleted ? await call : new CallOutcome.Unknown("the host is gone");
            if (outcome is CallOutcome.Refused)
            {
                await Task.Yield();
                continue;
            }

            fleet.Bank.Tell(owner, outcome);
            if (outcome is CallOutcome.Committed) Interlocked.Increment(ref sums.Committed);
            else Interlocked.Increment(ref sums.Unknown);
            return;
        }

        throw new TimeoutException($"{owner} was refused {AttemptsMax} times");
    }

    private sealed class Sums
    {
        public int Clients;
        public int Committed;
        public int Unknown;
        public int Kills;
        public int Stops;
        public int Pauses;
        public int Voids;
        public long Epochs;
    }
}
