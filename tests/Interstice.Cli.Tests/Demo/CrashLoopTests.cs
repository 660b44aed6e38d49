using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Demo;

/// <summary>R1 and R2: kill -9 at a random moment, again and again on one store. INTERSTICE_TEST_SCALE multiplies the kills, of which a
/// quick run makes a fifth of the regular count; INTERSTICE_TEST_SEED replays a seed.</summary>
public sealed class CrashLoopTests(ITestOutputHelper output)
{
    private const double KillsPerWriterCount = 7;
    private const double KillsInEachPlace = 6;
    private const int StartsKilledAfterEachKill = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(32)]
    public async Task Nothing_acknowledged_is_lost_and_nothing_stands_twice_however_often_it_is_killed(int writers)
    {
        int kills = (int)Math.Max(1, KillsPerWriterCount * Number("INTERSTICE_TEST_SCALE", 1));
        using var store = new TestStore();
        JsonElement report = await RunAsync(store, writers, kills);
        ExpectNothingLost(report, writers, kills);
        output.WriteLine(
            $"R1: {kills} kills, {report.GetProperty("acknowledged")} acknowledged, {report.GetProperty("untold")} untold");
    }

    // R2: small segments, so that the log rotates all the time and a kill comes while it does.
    [Fact]
    public async Task Nothing_is_lost_when_it_is_killed_while_the_log_rotates()
    {
        const int writers = 4;
        int kills = (int)Math.Max(1, KillsInEachPlace * Number("INTERSTICE_TEST_SCALE", 1));
        using var store = new TestStore();
        JsonElement report = await RunAsync(store, writers, kills, "--segment-bytes", "4096");
        ExpectNothingLost(report, writers, kills);
        int segments = Directory.GetFiles(store.Path, "*.segment").Length;
        segments.ShouldBeGreaterThan(20 * kills);
        (await store.RunAsync("log-verify")).ShouldSucceed();
        output.WriteLine($"R2, rotation: {kills} kills, {segments} segments, {report.GetProperty("acknowledged")} acknowledged");
    }

    // R2: the processes that come after a kill are killed while they recover the log and rebuild the tables.
    [Fact]
    public async Task Nothing_is_lost_when_it_is_killed_while_it_recovers_from_a_kill()
    {
        const int writers = 8;
        int kills = (int)Math.Max(1, KillsInEachPlace / StartsKilledAfterEachKill * Number("INTERSTICE_TEST_SCALE", 1));
        using var store = new TestStore();
        JsonElement report = await RunAsync(
            store, writers, kills, "--kills-at-start", Text(StartsKilledAfterEachKill), "--segment-bytes", "65536");
        ExpectNothingLost(report, writers * (1 + StartsKilledAfterEachKill), kills);
        int early = report.GetProperty("kills").EnumerateArray().Sum(kill => kill.GetProperty("killedWhileStarting").GetInt32());
        early.ShouldBePositive();
        output.WriteLine(
            $"R2, recovery: {kills * StartsKilledAfterEachKill} kills at the start, {early} before the first answer, " +
            $"{report.GetProperty("acknowledged")} acknowledged");
    }

    // R2: snapshots are taken one after the other while the load runs, so that a kill comes while one is being taken.
    [Fact]
    public async Task Nothing_is_lost_when_it_is_killed_while_it_takes_snapshots()
    {
        const int writers = 8;
        int kills = (int)Math.Max(1, KillsInEachPlace * Number("INTERSTICE_TEST_SCALE", 1));
        long seed = (long)Number("INTERSTICE_TEST_SEED", RandomNumberGenerator.GetInt32(int.MaxValue));
        output.WriteLine($"INTERSTICE_TEST_SEED={seed} replays this: {kills} kills");
        using var store = new TestStore();
        (string, string)[] always =
        [
            ("INTERSTICE_SNAPSHOT_EVENTS", "1"), ("INTERSTICE_SNAPSHOT_INTERVAL_MS", "1"), ("INTERSTICE_SNAPSHOT_KEEP", "2"),
        ];
        ProgramResult result = await store.RunWithAsync(
            always,
            "demo",
            "--store", ".interstice",
            "--accounts", "100",
            "--transfers", "2000",
            "--seconds", "0.6",
            "--callers", Text(writers),
            "--kills", Text(kills),
            "--seed", Text(seed),
            "-o", "json");
        result.ShouldSucceed();
        JsonElement report = result.Json;
        ExpectNothingLost(report, writers, kills);
        foreach (JsonElement kill in report.GetProperty("kills").EnumerateArray())
            kill.GetProperty("snapshotRevision").GetInt64().ShouldBePositive();
        Directory.GetFiles(Path.Join(store.Path, "snapshots"), "*.snapshot").Length.ShouldBeInRange(1, 3);
        (await store.RunAsync("replay-check", "-o", "json")).ShouldSucceed();
        output.WriteLine($"R2, snapshots: {kills} kills, {report.GetProperty("acknowledged")} acknowledged");
    }

    private async Task<JsonElement> RunAsync(TestStore store, int writers, int kills, params string[] more)
    {
        long seed = (long)Number("INTERSTICE_TEST_SEED", RandomNumberGenerator.GetInt32(int.MaxValue));
        output.WriteLine($"INTERSTICE_TEST_SEED={seed} replays this: {writers} writers, {kills} kills");
        string[] options =
        [
            "--store", ".interstice", "--accounts", "100", "--transfers", "100", "--seconds", "0.6", "--callers", Text(writers),
            "--kills", Text(kills), "--seed", Text(seed), "-o", "json",
        ];
        return (await store.RunAsync(["demo", .. options, .. more])).ShouldSucceed().Json;
    }

    private static void ExpectNothingLost(JsonElement report, int writers, int kills)
    {
        report.GetProperty("lost").GetInt64().ShouldBe(0);
        report.GetProperty("unexpected").GetInt64().ShouldBe(0);
        report.GetProperty("untold").GetInt64().ShouldBeInRange(0, (long)writers * kills);
        report.GetProperty("kills").GetArrayLength().ShouldBe(kills);
        foreach (JsonElement kill in report.GetProperty("kills").EnumerateArray())
        {
            kill.GetProperty("acknowledged").GetInt64().ShouldBePositive();
            kill.GetProperty("stateHashAfterReplay").GetString()
                .ShouldBe(kill.GetProperty("stateHashBeforeKill").GetString());
        }

        report.GetProperty("stateHashOfModel").GetString()
            .ShouldBe(report.GetProperty("stateHashAfterReplay").GetString());
        report.GetProperty("checkpointsCompared").GetInt32().ShouldBePositive();
    }

    private static double Number(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out double number)
            ? number
            : otherwise;

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
