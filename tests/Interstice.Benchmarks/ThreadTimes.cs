using System.Globalization;

namespace Interstice.Benchmarks;

/// <summary>Processor time of a process's threads, from Linux.</summary>
internal static class ThreadTimes
{
    private const string PoolPrefix = ".NET TP";

    /// <summary>Nanoseconds that threads have run, by their names; threads of the pool are one. Those that have ended are not in
    /// it.</summary>
    /// <param name="process">The process; this one if nothing else is said.</param>
    public static Dictionary<string, long> NanosecondsByName(string process = "self")
    {
        var times = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                string name = File.ReadAllText(Path.Combine(thread, "comm")).Trim();
                if (name.StartsWith(PoolPrefix, StringComparison.Ordinal)) name = "thread pool";
                string ran = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0];
                times[name] = times.GetValueOrDefault(name) + long.Parse(ran, CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It ended between being listed and being read.
            }
        }

        return times;
    }
}
