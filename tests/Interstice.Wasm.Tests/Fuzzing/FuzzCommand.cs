using Interstice.TestKit;
using Interstice.Wasm.Tests.Hunting;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>The command <c>fuzz</c>: inputs of every kind, one after the other, in a process in which nothing else runs, so that
/// what it holds at the end is what the inputs left behind. Prints a <see cref="FuzzRun"/>. <c>--record PATH</c> says where the
/// running input is noted.</summary>
internal static class FuzzCommand
{
    public const int InputsRegular = 100_000;
    public const int Seconds = 60;

    // Until then the engine's own code is loaded and compiled.
    private const int WarmUp = 2_000;

    public static int Run(string[] arguments)
    {
        var share = new TimeShare("inputs", InputsRegular, Seconds);
        var inputs = new FuzzInputs(SeedModules.Read());
        int[] endings = new int[Enum.GetValues<RunEnding>().Length];
        Footprint? before = null;
        GuardedThread.Run(new HuntOptions(arguments).Text("record", FlightRecorder.PathFor("fuzz")), guarded =>
        {
            while (share.HasMore)
            {
                var random = new Random(share.Random.Next());
                byte[] input = inputs.Make(random);
                guarded.Begin(input);
                endings[(int)BoundedRun.Run(input, random)]++;
                share.Add(1);
                if (share.Count == WarmUp) before = Footprint.Measure();
            }
        });

        // At a small scale the warm-up is all there is, and nothing can be compared.
        Footprint after = Footprint.Measure();
        int ran = endings[(int)RunEnding.Ran];
        string text = share.End(
            $"{endings[(int)RunEnding.Refused]} refused, {endings[(int)RunEnding.NotStarted]} not started, {ran} ran; {before}; {after}");
        Console.WriteLine(new FuzzRun(text, share.Count, ran, before ?? after, after));
        return 0;
    }
}
