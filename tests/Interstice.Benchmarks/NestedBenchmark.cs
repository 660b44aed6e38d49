using System.Buffers.Binary;

namespace Interstice.Benchmarks;

/// <summary>What a call into another module costs: a call that writes a row, alone, with a nested call that changes nothing, and with one
/// that writes a row there, whose transaction is one append to two streams. Durable.</summary>
internal static class NestedBenchmark
{
    private const string Plain = "plain call, a row";
    private const string Alone = "plain call of a module that declares no calls, a row";
    private const string Reading = "with a nested call that reads";
    private const string Writing = "with a nested call that writes a row (one append, two streams)";
    private const string Two = "two plain calls one after the other, a row in each module";

    private static readonly Load[] Loads = [new(1, 1), new(32, 1), new(1024, 1)];

    // Scripts of tests/modules/plain/relay.wat: put random() into a cell, so that it changes; call module b with a script.
    private static readonly byte[] Put = [7, 1];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using ModulesHost host = await ModulesHost.StartAsync();
        foreach (string name in new[] { "a", "b", "c", "d" }) await host.PublishAsync("relay", name);
        await host.PublishAsync("relay-alone", "alone");
        byte[] plain = Arguments(Put), reading = Arguments([.. Put, .. CallB([])]), writing = Arguments([.. Put, .. CallB(Put)]);
        (string Side, Func<Task> Call)[] sides =
        [
            (Plain, () => host.CallAsync("a", "run", plain)),
            (Alone, () => host.CallAsync("alone", "run", plain)),
            (Reading, () => host.CallAsync("a", "run", reading)),
            (Writing, () => host.CallAsync("a", "run", writing)),
            (Two, async () =>
            {
                await host.CallAsync("a", "run", plain);
                await host.CallAsync("b", "run", plain);
            }),
        ];
        RateTable rates = new([.. Loads.Select(load => load.ToString())]);
        for (int round = -1; round < settings.Rounds; round++)
        {
            foreach (Load load in Loads)
            {
                foreach ((string side, Func<Task> call) in sides)
                {
                    double rate = await ModulesHost.PerSecondAsync(load, settings.Seconds, call);
                    if (round >= 0) rates.Add(side, load.ToString(), rate);
                }
            }
        }

        report.Heading($"Calls between modules, durable ({settings.Rounds} rounds)");
        rates.Print(report, "a second (median) with so many in flight");
        rates.PrintRatios(report, Plain);
        rates.PrintRatios(report, Writing);
    }

    private static byte[] CallB(byte[] script) => [3, 1, .. Arguments(script)];

    private static byte[] Arguments(byte[] script)
    {
        byte[] arguments = new byte[sizeof(int) + script.Length];
        BinaryPrimitives.WriteInt32LittleEndian(arguments, script.Length);
        script.CopyTo(arguments, sizeof(int));
        return arguments;
    }
}
