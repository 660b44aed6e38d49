using System.Net.Sockets;
using System.Text;

namespace Interstice.Benchmarks.Peers;

/// <summary>A Redis server of its own in a folder, reached through a Unix socket, that syncs its log before it answers.</summary>
internal sealed class RedisPeer : IPeer
{
    private const string Transfer = """
        local balance = tonumber(redis.call('GET', KEYS[1]))
        if not balance or balance < tonumber(ARGV[1]) then return redis.error_reply('insufficient funds') end
        if redis.call('EXISTS', KEYS[2]) == 0 then return redis.error_reply('no such account') end
        redis.call('DECRBY', KEYS[1], ARGV[1])
        redis.call('INCRBY', KEYS[2], ARGV[1])
        redis.call('XADD', 'transfers', '*', 'sender', KEYS[1], 'receiver', KEYS[2], 'amount', ARGV[1])
        return 1
        """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);

    private readonly string _program;
    private readonly string _directory;
    private ServerProcess _server;
    private byte[] _script = [];

    public RedisPeer()
    {
        _program = ServerProcess.Find("redis-server")
            ?? throw new PeerMissingException("no redis-server on the path (Debian: redis-server)");
        _directory = Directory.CreateTempSubdirectory("interstice-redis-").FullName;
        try
        {
            _server = Start("always");
            using RedisClient client = Open();
            string version = Encoding.UTF8.GetString(client.Ask("INFO", "server"));
            Name = $"Redis {version.Split('\n').First(line => line.StartsWith("redis_version:", StringComparison.Ordinal)).Split(':')[1].Trim()}";
            _script = client.Ask("SCRIPT", "LOAD", Transfer);
        }
        catch
        {
            _server?.Dispose();
            Directory.Delete(_directory, recursive: true);
            throw;
        }
    }

    public string Name { get; }

    public string Settings => "appendonly, appendfsync always, no snapshots, no rewriting; RESP through a Unix socket; "
        + "an append is XADD, a transfer one EVALSHA";

    public bool HasOneWriter => false;

    public IPeerClient Connect() => Open();

    public void ClearEvents()
    {
        using RedisClient client = Open();
        client.Ask("DEL", "events");
    }

    public void OpenAccounts(int count)
    {
        using RedisClient client = Open();
        client.Ask("FLUSHALL");
        client.OpenAccounts(count, BankHost.InitialBalance);
    }

    /// <summary>Says whether to sync the log before every answer, or never, to fill it in less time.</summary>
    public void SyncEach(bool isOn)
    {
        using RedisClient client = Open();
        client.Ask("CONFIG", "SET", "appendfsync", isOn ? "always" : "no");
    }

    /// <summary>Ends the server and starts it again on the same log.</summary>
    /// <returns>Seconds until it answered.</returns>
    public double Restart()
    {
        _server.Dispose();
        long started = TimeProvider.System.GetTimestamp();
        _server = Start("always");
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>How many transfers the history holds.</summary>
    public long CountTransfers()
    {
        using RedisClient client = Open();
        return client.AskNumber("XLEN", "transfers");
    }

    /// <summary>Bytes of the log.</summary>
    public long LogBytes() => new DirectoryInfo(_directory).EnumerateFiles("*.aof", SearchOption.AllDirectories).Sum(file => file.Length);

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private ServerProcess Start(string sync)
    {
        string socket = Path.Combine(_directory, "redis.sock");
        File.Delete(socket);
        ServerProcess server = ServerProcess.Start("TERM", null, _program,
            "--port", "0", "--unixsocket", socket, "--dir", _directory, "--save", "", "--appendonly", "yes",
            "--appendfsync", sync, "--auto-aof-rewrite-percentage", "0", "--logfile", Path.Combine(_directory, "redis.log"));
        try
        {
            server.WaitFor("Redis", StartTimeout, Answers);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return server;
    }

    private RedisClient Open() => new(Path.Combine(_directory, "redis.sock"), _script);

    // While it loads its log it answers with an error.
    private bool Answers()
    {
        try
        {
            using RedisClient client = Open();
            client.Ask("PING");
            return true;
        }
        catch (Exception e) when (e is SocketException or RedisException or IOException)
        {
            return false;
        }
    }
}
