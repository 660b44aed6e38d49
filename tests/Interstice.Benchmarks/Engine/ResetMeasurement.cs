using System.Runtime.InteropServices;
using Interstice.Wasm.Execution;

namespace Interstice.Benchmarks.Engine;

/// <summary>What going back to the image costs after a call that wrote to some pages, against copying those pages.</summary>
internal static unsafe class ResetMeasurement
{
    private const int PageBytes = 4096;
    private const int CallsPerRound = 20_000;
    private const int CopiesKept = 512;

    public static void Measure(RunSettings settings, Report report)
    {
        using Guest guest = Guest.Load(EngineKernel.PathOf("border"));
        Action<int, int> touch = guest.Instance.GetFunction("touch").Bind<Action<int, int>>();
        byte* from = (byte*)NativeMemory.AllocZeroed(CopiesKept * PageBytes);
        byte* to = (byte*)NativeMemory.AllocZeroed(CopiesKept * PageBytes);
        try
        {
            List<string[]> lines = [];
            foreach (int pages in (int[])[1, 16, 256]) lines.Add(Line(guest, touch, pages, settings.Rounds, from, to));
            report.Heading($"Reset to the image after a call (median of {settings.Rounds} rounds)");
            report.Table(
                ["pages of 4 KiB written", "call and reset, us", "call alone, us", "reset, us", "reset / copying the pages (lowest to highest round)"],
                lines);
        }
        finally
        {
            NativeMemory.Free(from);
            NativeMemory.Free(to);
        }
    }

    private static string[] Line(Guest guest, Action<int, int> touch, int pages, int rounds, byte* from, byte* to)
    {
        int calls = CallsPerRound / ((pages / 16) + 1);
        List<double> both = [], alone = [], copies = [];
        for (int round = -1; round < rounds; round++)
        {
            guest.Refuel();
            CheckReset(guest, touch, pages);
            double withReset = Microseconds(calls, i =>
            {
                touch(pages, i);
                guest.Instance.Reset();
            });
            double without = Microseconds(calls, i => touch(pages, i));
            double copy = Microseconds(calls, _ =>
            {
                for (int page = 0; page < pages; page++)
                    Buffer.MemoryCopy(from + (page * PageBytes), to + (page * PageBytes), PageBytes, PageBytes);
            });
            if (round < 0) continue;
            both.Add(withReset);
            alone.Add(without);
            copies.Add(copy);
        }

        double[] resets = [.. both.Zip(alone, (with, without) => with - without)];
        return
        [
            $"{pages}",
            Report.Number(Ratio.MedianOf(both)),
            Report.Number(Ratio.MedianOf(alone)),
            Report.Number(Ratio.MedianOf(resets)),
            $"{Ratio.Of(resets, copies)}",
        ];
    }

    // That the guest writes to the pages, and that the reset takes it back: else there would be nothing to measure.
    private static void CheckReset(Guest guest, Action<int, int> touch, int pages)
    {
        LinearMemory memory = guest.Instance.Memory!;
        touch(pages, 1);
        int written = memory.Read(0, (uint)memory.ByteLength).Count((byte)1);
        guest.Instance.Reset();
        int left = memory.Read(0, (uint)memory.ByteLength).Count((byte)1);
        if (written - left != pages) throw new InvalidDataException($"{written} bytes written, {left} left, {pages} pages");
    }

    private static double Microseconds(int count, Action<int> work)
    {
        long started = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < count; i++) work(i);
        return TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / count;
    }
}
