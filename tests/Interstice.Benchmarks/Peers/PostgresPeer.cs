using System.Globalization;
using Npgsql;

namespace Interstice.Benchmarks.Peers;

/// <summary>A PostgreSQL cluster of its own in a folder, reached through a Unix socket.</summary>
internal sealed class PostgresPeer : IPeer
{
    private const string Schema = """
        create table events(id bigint generated always as identity primary key, payload bytea not null);
        create table accounts(id bigint primary key, balance bigint not null);
        create table transfers(
            id bigint generated always as identity primary key,
            sender bigint not null, receiver bigint not null, amount bigint not null,
            at timestamptz not null default now());
        create function transfer(a bigint, b bigint, amount bigint) returns void language plpgsql as $$
        begin
            update accounts set balance = balance - amount where id = a and balance >= amount;
            if not found then raise exception 'insufficient funds'; end if;
            update accounts set balance = balance + amount where id = b;
            if not found then raise exception 'no such account'; end if;
            insert into transfers(sender, receiver, amount) values (a, b, amount);
        end $$;
        """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly ServerProcess _server;
    private readonly string _connection;

    public PostgresPeer()
    {
        if (OperatingSystem.IsWindows()) throw new PeerMissingException("it is started for Unix only");
        string initialise = ServerProcess.Find("initdb", Versions())
            ?? throw new PeerMissingException("no initdb on the path or in /usr/lib/postgresql (Debian: postgresql)");
        _directory = Directory.CreateTempSubdirectory("interstice-postgres-").FullName;
        try
        {
            // PostgreSQL refuses to run as root.
            string? user = Environment.IsPrivilegedProcess ? "postgres" : null;
            File.SetUnixFileMode(_directory, (UnixFileMode)0b111_111_111);
            string data = Path.Combine(_directory, "data");
            ServerProcess.Run(user, initialise, "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
            string server = Path.Combine(Path.GetDirectoryName(initialise)!, "postgres");
            _server = ServerProcess.Start("INT", user, [server, "-D", data, .. Options(_directory)]);
            _connection = $"Host={_directory};Username=postgres;Database=postgres;Pooling=false;Command Timeout=0";
            _server.WaitFor("PostgreSQL", StartTimeout, Answers);
            Execute(Schema);
        }
        catch
        {
            _server?.Dispose();
            Directory.Delete(_directory, recursive: true);
            throw;
        }

        using NpgsqlConnection connection = Open();
        Name = $"PostgreSQL {connection.PostgreSqlVersion.ToString(2)}";
    }

    public string Name { get; }

    public string Settings => "fsync and synchronous_commit on, 512 MB of shared buffers, no checkpoint forced by the size of its log; "
        + "prepared statements of Npgsql through a Unix socket; pipelined with a Sync, so a transaction, for each request; "
        + "a transfer is one call of a PL/pgSQL function";

    public bool HasOneWriter => false;

    public IPeerClient Connect() => new PostgresClient(Open());

    public void ClearEvents() => Execute("truncate events; checkpoint");

    public void OpenAccounts(int count) => Execute(string.Create(CultureInfo.InvariantCulture,
        $"""
        truncate transfers, accounts;
        insert into accounts select id, {BankHost.InitialBalance} from generate_series(1, {count}) id;
        vacuum analyze accounts;
        """));

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static IEnumerable<string> Versions() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin"))
        : [];

    private static IEnumerable<string> Options(string sockets) =>
        new[]
        {
            "listen_addresses=", $"unix_socket_directories={sockets}", "max_connections=100", "shared_buffers=512MB",
            "max_wal_size=16GB", "fsync=on", "synchronous_commit=on", "log_min_messages=panic", "logging_collector=off",
        }.SelectMany(option => new[] { "-c", option });

    private NpgsqlConnection Open()
    {
        NpgsqlConnection connection = new(_connection);
        connection.Open();
        return connection;
    }

    private bool Answers()
    {
        try
        {
            Open().Dispose();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    // Statement by statement: some must not run inside the transaction that one message would be.
    private void Execute(string script)
    {
        using NpgsqlConnection connection = Open();
        bool isWhole = script.Contains("$$", StringComparison.Ordinal);
        foreach (string statement in isWhole ? [script] : script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
