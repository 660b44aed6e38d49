namespace Interstice.Benchmarks.Peers;

/// <summary>One peer with the connections that were opened to it, kept over the rounds.</summary>
internal sealed class PeerLoad(IPeer peer) : IDisposable
{
    private readonly List<IPeerClient> _clients = [];

    public IPeer Peer => peer;

    /// <summary>Appends for a time and counts the events that are durable.</summary>
    public double AppendsPerSecond(Load load, byte[] payload, double seconds) =>
        PerSecond(load, seconds, (client, count) => () => client.Append(payload, count));

    /// <summary>Makes transfers between random accounts for a time and counts those that are durable.</summary>
    public double TransfersPerSecond(Load load, int accounts, double seconds, int seed) =>
        PerSecond(load, seconds, (client, count) =>
        {
            var random = new Random(seed++);
            var pairs = new (ulong From, ulong To)[count];
            return () =>
            {
                foreach (ref (ulong From, ulong To) pair in pairs.AsSpan())
                {
                    ulong from = (ulong)random.Next(1, accounts);
                    pair = (from, from + 1);
                }

                client.Transfer(pairs);
            };
        });

    /// <summary>Closes the connections.</summary>
    public void Disconnect()
    {
        foreach (IPeerClient client in _clients) client.Dispose();
        _clients.Clear();
    }

    public void Dispose()
    {
        Disconnect();
        peer.Dispose();
    }

    // Each client on a thread of its own, which its connection may block.
    private double PerSecond(Load load, double seconds, Func<IPeerClient, int, Action> job)
    {
        if (peer.HasOneWriter) load = new Load(1, load.InFlight);
        while (_clients.Count < load.Clients) _clients.Add(peer.Connect());
        Action[] jobs = [.. _clients.Take(load.Clients).Select(client => job(client, load.Pipelined))];
        foreach (Action once in jobs) once();
        long deadline = TimeProvider.System.GetTimestamp() + (long)(seconds * TimeProvider.System.TimestampFrequency);
        long started = TimeProvider.System.GetTimestamp();
        long done = 0;
        Task[] running = [.. jobs.Select(once => Task.Factory.StartNew(() => Run(once), TaskCreationOptions.LongRunning))];
        Task.WaitAll(running);
        return done * load.Pipelined / TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        void Run(Action once)
        {
            long count = 0;
            for (; TimeProvider.System.GetTimestamp() < deadline; count++) once();
            Interlocked.Add(ref done, count);
        }
    }
}
