namespace Interstice.Benchmarks;

/// <summary>Clients of a bank, each with one transfer in flight.</summary>
internal static class Clients
{
    /// <summary>Runs transfers between random accounts for a time and counts those that were answered.</summary>
    /// <param name="clients">How many clients there are.</param>
    /// <param name="accounts">Accounts, numbered from 1.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="seed">Chooses the accounts.</param>
    /// <param name="transfer">Moves money from one account to another; may use 24 bytes of scratch.</param>
    public static async Task<double> PerSecondAsync(
        int clients, int accounts, double seconds, int seed, Func<ulong, ulong, byte[], Task> transfer)
    {
        long deadline = TimeProvider.System.GetTimestamp() + (long)(seconds * TimeProvider.System.TimestampFrequency);
        long started = TimeProvider.System.GetTimestamp();
        long[] counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client))));
        return counts.Sum() / TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        async Task<long> RunAsync(int client)
        {
            var random = new Random(seed + client);
            byte[] scratch = new byte[24];
            long count = 0;
            while (TimeProvider.System.GetTimestamp() < deadline)
            {
                ulong from = (ulong)random.Next(1, accounts);
                await transfer(from, from == (ulong)accounts ? 1 : from + 1, scratch);
                count++;
            }

            return count;
        }
    }
}
