using System.Globalization;

namespace Interstice.Benchmarks.Peers;

/// <summary>SQLite in this process, with a write-ahead log that is synced at every commit.</summary>
internal sealed class SqlitePeer : IPeer
{
    private const string Schema = """
        pragma journal_mode=wal;
        create table events(id integer primary key, payload blob not null);
        create table accounts(id integer primary key, balance integer not null);
        create table transfers(
            id integer primary key,
            sender integer not null, receiver integer not null, amount integer not null, at integer not null);
        """;

    private readonly string _directory;

    public SqlitePeer()
    {
        if (!SqliteDatabase.IsInstalled) throw new PeerMissingException($"no {SqliteDatabase.Library} (Debian: libsqlite3-0)");
        _directory = Directory.CreateTempSubdirectory("interstice-sqlite-").FullName;
        Execute(Schema);
    }

    public string Name => $"SQLite {SqliteDatabase.Version}";

    public string Settings => "WAL, synchronous=FULL; prepared statements in this process; "
        + "it has one writer, so what is in flight at a time goes into one commit";

    public bool HasOneWriter => true;

    public IPeerClient Connect() => new SqliteClient(Open());

    public void ClearEvents() => Execute("delete from events");

    public void OpenAccounts(int count) => Execute(string.Create(CultureInfo.InvariantCulture,
        $"""
        begin;
        delete from transfers;
        delete from accounts;
        with recursive ids(id) as (select 1 union all select id + 1 from ids where id < {count})
            insert into accounts select id, {BankHost.InitialBalance} from ids;
        commit;
        """));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private SqliteDatabase Open()
    {
        SqliteDatabase database = new(Path.Combine(_directory, "data.db"));
        database.Execute("pragma synchronous=full");
        return database;
    }

    private void Execute(string script)
    {
        using SqliteDatabase database = Open();
        database.Execute(script);
    }
}
