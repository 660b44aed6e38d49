using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Hosts over one journal in memory that know of each other, each with a clock of its own.</summary>
internal sealed class HostFleet : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<Member> _members = [];
    private readonly FleetBug _bug;
    private readonly TimeSpan _patience;

    private HostFleet(SharedBank bank, FleetBug bug)
    {
        Bank = bank;
        _bug = bug;

        // A bug may be seen by nothing but that it does not go on.
        _patience = TimeSpan.FromSeconds(bug == FleetBug.None ? 60 : 5);
    }

    public SharedBank Bank { get; }

    public JournalStore Store => Bank.Store;

    /// <summary>A fleet without hosts, over a bank with one account.</summary>
    public static async Task<HostFleet> OpenAsync(FleetBug bug = FleetBug.None) => new(await SharedBank.OpenAsync(), bug);

    /// <summary>Starts a host; the clocks of all others go on meanwhile.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="followsOnly">Whether it never takes over.</param>
    /// <param name="through">The store that it has between itself and the journal; null for none.</param>
    public async Task<Member> StartAsync(string name, bool followsOnly = false, Func<IEventStore, IEventStore>? through = null)
    {
        var time = new ManualTime();
        ModuleHostOptions options = new()
        {
            Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan },
            Replicas = new() { Name = name, Url = $"http://{name}", FollowsOnly = followsOnly, HeartbeatInterval = Interval },
        };
        IEventStore store = through is not null ? through(Store) : _bug == FleetBug.None ? Store : new BuggyStore(Store, _bug);
        var member = new Member(name, SharedHost.Make(store, options, time, isShared: true), time);
        lock (_members) _members.Add(member);
        Task starting = member.Host.Host.StartAsync();
        await UntilAsync(() => starting.IsCompleted, $"host {name} to start");
        await starting;
        return member;
    }

    /// <summary>Lets one interval pass for every host that runs, and waits for the heartbeats of owners: no clock runs away from hosts that
    /// are merely slow.</summary>
    public async Task TickAsync()
    {
        Member[] running = Running();
        (Member Member, int Appends)[] owners =
            [.. running.Where(member => member.Role == ModuleRole.Owner).Select(member => (member, member.Host.Store.OtherAppendCount))];
        foreach (Member member in running) member.Time.Advance(Interval);
        foreach ((Member owner, int appends) in owners)
        {
            int looks = 0;
            await WaitFor.ConditionAsync(
                () =>
                {
                    // Its timer may have been set after the clock was moved.
                    if (++looks % 256 == 0) owner.Time.Advance(Interval / 8);
                    return owner.Host.Store.OtherAppendCount > appends || owner.Role != ModuleRole.Owner || !owner.IsRunning;
                },
                $"the heartbeat of {owner.Name}");
        }
    }

    /// <summary>Lets time pass until something holds.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (!patience.IsCancellationRequested)
        {
            for (int looks = 0; looks < 256; looks++)
            {
                if (condition()) return;
                if (Running().FirstOrDefault(member => member.Role == ModuleRole.Failed) is { } failed)
                    throw new InvalidOperationException($"{failed.Name}: {failed.Host.Host.StandingOf("bank")!.Reason}");
                await Task.Yield();
            }

            await TickAsync();
        }

        throw new TimeoutException(
            $"waited in vain for {what}; roles: {string.Join(", ", Running().Select(member => $"{member.Name} {member.Role}"))}");
    }

    public Task UntilRoleAsync(Member member, ModuleRole role) => UntilAsync(() => member.Role == role, $"{member.Name} to be {role}");

    /// <summary>Waits until one host owns the bank and all others follow it, and goes on doing so.</summary>
    public async Task SettleAsync(string why)
    {
        for (int calm = 0; calm < 2 * ReplicaOptions.MissedMax; calm++)
        {
            await UntilAsync(IsCalm, $"one owner; {why}");
            await TickAsync();
            if (!IsCalm()) calm = -1;
        }

        bool IsCalm() => Running().Count(member => member.Role == ModuleRole.Owner) == 1
            && Running().All(member => member.Role is ModuleRole.Owner or ModuleRole.Following && member.Host.Host.StandingOf("bank")!.FailedAttempts == 0);
    }

    /// <summary>Lets everything arrive that hosts of the past have sent.</summary>
    public async Task LandAllAsync()
    {
        foreach (Member member in _members.Where(member => !member.IsRunning)) await member.Host.Store.LandAllAsync();
    }

    public Member[] Running()
    {
        lock (_members) return [.. _members.Where(member => member.IsRunning)];
    }

    /// <summary>Revision of the newest heartbeat.</summary>
    public async Task<Revision> HeartbeatAsync() => await Store.GetLastRevisionAsync(StreamNames.Owner("bank"));

    public async ValueTask DisposeAsync()
    {
        foreach (Member member in _members) await member.KillAsync();
        foreach (Member member in _members) await member.Host.DisposeAsync();
        await Bank.DisposeAsync();
    }

    /// <summary>A host of the fleet.</summary>
    internal sealed class Member(string name, SharedHost host, ManualTime time)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name { get; } = name;

        public SharedHost Host { get; } = host;

        public ManualTime Time { get; } = time;

        /// <summary>Whether its clock goes on.</summary>
        public bool IsRunning { get; private set; } = true;

        /// <summary>Ends when it is killed or stopped: whoever waits for an answer then gets none.</summary>
        public Task Ended => _ended.Task;

        public ModuleRole? Role => Host.Host.StandingOf("bank")?.Role;

        public Task<CallOutcome> OpenAccountAsync(string owner) => Host.OpenAccountAsync(owner);

        /// <summary>Cuts the connection and stops the clock, as a power failure does.</summary>
        public Task KillAsync()
        {
            IsRunning = false;
            _ended.TrySetResult();
            Task cut = Host.Store.CutAsync();
            Host.Store.OpenGate();
            Host.Store.BreakSubscriptions();
            return cut;
        }

        /// <summary>Stops the clock and holds what is sent, as a machine does that is suspended.</summary>
        public void Pause()
        {
            IsRunning = false;
            Host.Store.CloseGate();
        }

        public void Resume()
        {
            IsRunning = true;
            Host.Store.OpenGate();
        }

        /// <summary>Ends in good order; the clock goes on.</summary>
        public async Task StopAsync()
        {
            Task stopping = Host.Host.DisposeAsync().AsTask();
            for (int looks = 1; !stopping.IsCompleted; looks++)
            {
                // Slowly, or the host takes a store that is merely slow for one that does not answer, and releases nothing.
                if (looks % 4096 == 0) Time.Advance(Interval / 16);
                await Task.Yield();
            }

            IsRunning = false;
            _ended.TrySetResult();
            await stopping;
        }
    }
}
