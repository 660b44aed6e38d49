namespace Interstice.Benchmarks.Peers;

/// <summary>The one connection that writes, with its prepared statements.</summary>
internal sealed class SqliteClient : IPeerClient
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin, _commit, _append, _debit, _credit, _note;

    public SqliteClient(SqliteDatabase database)
    {
        _database = database;
        _begin = database.Prepare("begin immediate");
        _commit = database.Prepare("commit");
        _append = database.Prepare("insert into events(payload) values (?1)");
        _debit = database.Prepare("update accounts set balance = balance - 1 where id = ?1 and balance >= 1");
        _credit = database.Prepare("update accounts set balance = balance + 1 where id = ?1");
        _note = database.Prepare("insert into transfers(sender, receiver, amount, at) values (?1, ?2, 1, ?3)");
    }

    public void Append(ReadOnlyMemory<byte> payload, int count)
    {
        if (count > 1) _begin.Run(); // a statement alone is a transaction
        for (int i = 0; i < count; i++)
        {
            _append.Bind(1, payload.Span);
            _append.Run();
        }

        if (count > 1) _commit.Run();
    }

    public void Transfer(ReadOnlySpan<(ulong From, ulong To)> pairs)
    {
        long now = TimeProvider.System.GetUtcNow().Ticks;
        _begin.Run();
        foreach ((ulong from, ulong to) in pairs)
        {
            Move(_debit, from);
            Move(_credit, to);
            _note.Bind(1, (long)from);
            _note.Bind(2, (long)to);
            _note.Bind(3, now);
            _note.Run();
        }

        _commit.Run();
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in new[] { _begin, _commit, _append, _debit, _credit, _note }) statement.Dispose();
        _database.Dispose();
    }

    private void Move(SqliteStatement statement, ulong account)
    {
        statement.Bind(1, (long)account);
        statement.Run();
        if (_database.Changes != 1) throw new InvalidOperationException($"account {account} is not there or has no funds");
    }
}
