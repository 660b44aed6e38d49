using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Timers;

/// <summary>A host with the module of tests/modules/plain/timers.wat and a clock that the test moves.</summary>
internal sealed class TimerScene(HostFixture fixture, ManualTime time) : IAsyncDisposable
{
    public const string Module = "timers";

    public HostFixture Fixture { get; } = fixture;

    public ManualTime Time { get; } = time;

    public static async Task<TimerScene> StartAsync(ManualTime? time = null, string? directory = null, int timersMax = 100)
    {
        time ??= new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan, TimersMax = timersMax } };
        HostFixture fixture = await HostFixture.StartAsync(directory, options, time: time);
        if (directory is null) await fixture.PublishAsync("timers");
        return new TimerScene(fixture, time);
    }

    /// <summary>Makes a timer that is due in so many seconds from now.</summary>
    public async Task<ulong> AtAsync(
        ulong payload, double seconds, double interval = 0, Target target = Target.Fire, bool each = false)
    {
        CallOutcome outcome = await TryAtAsync(payload, seconds, interval, target, each);
        return BitConverter.ToUInt64(outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString()).Value.Span);
    }

    public Task<CallOutcome> TryAtAsync(ulong payload, double seconds, double interval = 0, Target target = Target.Fire, bool each = false) =>
        Fixture.CallAsync(Module, "at", payload, Due(seconds), (interval * 1e6).ToString("0", null), (int)target, each);

    public string Due(double seconds) => TimestampText.Format(NowUs + (long)(seconds * 1e6));

    public long NowUs => (Time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Lets time pass in one step; ends when everything that this makes due was done and is durable.</summary>
    public async Task PassAsync(double seconds)
    {
        await SettleAsync();
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await SettleAsync();
    }

    // The loop has ended the turn before a look, and has done what was queued before it.
    public async Task SettleAsync()
    {
        for (int i = 0; i < 3; i++) await Fixture.Host.ViewAsync(Module, _ => true);
    }

    public Task<List<Fired>> FiredAsync() => Fixture.Host.ViewAsync(Module, projection => FiredIn(projection));

    public Task<List<TimerRow>> TimersAsync() => RowsAsync(SystemTables.Timers, row => TimerRow.Read(row));

    public Task<List<ParkedRow>> ParkedAsync() => RowsAsync(SystemTables.Parked, row => ParkedRow.Read(row));

    public static List<Fired> FiredIn(ModuleProjection projection) => RowsOf(projection, "fired", row => Fired.Read(row));

    /// <summary>The host's state is what the log gives; a claim that is under way is waited for, since it is an event too.</summary>
    public async Task ExpectReplayedAsync()
    {
        await WaitFor.ConditionAsync(() => Fixture.Host.StandingOf(Module)!.Role != ModuleRole.Resolving, "the host to know its role");
        ModuleProjection rebuilt = await Fixture.RebuildAsync(Module);
        (rebuilt.StateHash, rebuilt.Chain).ShouldBe((await Fixture.HashAsync(Module), await Fixture.ChainAsync(Module)));
    }

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    private Task<List<T>> RowsAsync<T>(string table, ReadRow<T> read) =>
        Fixture.Host.ViewAsync(Module, projection => RowsOf(projection, table, read));

    private static List<T> RowsOf<T>(ModuleProjection projection, string table, ReadRow<T> read)
    {
        List<T> rows = [];
        foreach (ReadOnlySpan<byte> row in projection.State!.FindTable(table)!.Scan(0, KeyRange.All, descending: false)) rows.Add(read(row));
        return rows;
    }

    private delegate T ReadRow<out T>(ReadOnlySpan<byte> row);

    /// <summary>The reducers that timers call.</summary>
    internal enum Target
    {
        /// <summary>Notes the firing.</summary>
        Fire,

        /// <summary>Fails before the attempt that the payload says.</summary>
        NotYet,

        /// <summary>Traps.</summary>
        Crash,

        /// <summary>Takes out its own timer and makes one that fires once.</summary>
        EndsItself,
    }

    /// <summary>A row of the module's table.</summary>
    internal sealed record Fired(ulong Payload, ulong Timer, long DueUs, ulong Ticks, uint Attempt, long AtUs, Identity Caller)
    {
        public static Fired Read(ReadOnlySpan<byte> row)
        {
            var reader = new PayloadReader(row);
            reader.UInt64();
            return new(
                reader.UInt64(), reader.UInt64(), reader.Int64(), reader.UInt64(), reader.UInt32(), reader.Int64(), reader.Identity());
        }
    }
}
