namespace Interstice.Benchmarks;

/// <summary>Clients of a bank that wait for what they asked for.</summary>
internal static class Clients
{
    /// <summary>Runs transfers between random accounts for a time and counts those that were answered.</summary>
    /// <param name="load">How many clients there are, and what each has in flight.</param>
    /// <param name="accounts">Accounts, numbered from 1.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="seed">Chooses the accounts.</param>
    /// <param name="transfer">Moves money from one account to another; may use 24 bytes of scratch.</param>
    public static async Task<double> PerSecondAsync(
        Load load, int accounts, double seconds, int seed, Func<ulong, ulong, byte[], Task> transfer)
    {
        long deadline = TimeProvider.System.GetTimestamp() + (long)(seconds * TimeProvider.System.TimestampFrequency);
        long started = TimeProvider.System.GetTimestamp();
        long[] counts = await Task.WhenAll(Enumerable.Range(0, load.Clients).Select(client => Task.Run(() => RunAsync(client))));
        return counts.Sum() / TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        async Task<long> RunAsync(int client)
        {
            var random = new Random(seed + client);
            byte[][] scratch = [.. Enumerable.Range(0, load.Pipelined).Select(_ => new byte[24])];
            var running = new Task[load.Pipelined];
            long count = 0;
            while (TimeProvider.System.GetTimestamp() < deadline)
            {
                for (int i = 0; i < running.Length; i++)
                {
                    ulong from = (ulong)random.Next(1, accounts);
                    running[i] = transfer(from, from + 1, scratch[i]);
                }

                foreach (Task one in running) await one;
                count += running.Length;
            }

            return count;
        }
    }
}
