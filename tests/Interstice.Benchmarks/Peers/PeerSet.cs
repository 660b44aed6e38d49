namespace Interstice.Benchmarks.Peers;

/// <summary>The peers that are installed here, started.</summary>
internal sealed class PeerSet : IDisposable
{
    private static readonly (string Name, Func<IPeer> Start)[] Known =
    [
        ("SQLite", () => new SqlitePeer()),
        ("PostgreSQL", () => new PostgresPeer()),
        ("Redis", () => new RedisPeer()),
    ];

    private readonly List<PeerLoad> _loads = [];
    private readonly List<string> _lines = [];

    public IReadOnlyList<PeerLoad> Loads => _loads;

    /// <summary>Starts each peer that is installed.</summary>
    public static PeerSet Start()
    {
        PeerSet peers = new();
        foreach ((string name, Func<IPeer> start) in Known)
        {
            try
            {
                peers._loads.Add(new PeerLoad(start()));
                peers._lines.Add($"- {peers._loads[^1].Peer.Name}: {peers._loads[^1].Peer.Settings}.");
            }
            catch (PeerMissingException missing)
            {
                peers._lines.Add($"- {name}: left out: {missing.Message}.");
            }
        }

        return peers;
    }

    /// <summary>Prints how the peers are set up, and why others are not there.</summary>
    public void Describe(Report report)
    {
        foreach (string line in _lines) report.Line(line);
        report.Line();
    }

    public void Dispose()
    {
        foreach (PeerLoad load in _loads) load.Dispose();
    }
}
