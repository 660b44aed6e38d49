using Npgsql;
using NpgsqlTypes;

namespace Interstice.Benchmarks.Peers;

/// <summary>One connection with its prepared statements, one batch for each length of pipeline.</summary>
internal sealed class PostgresClient(NpgsqlConnection connection) : IPeerClient
{
    private readonly Dictionary<int, NpgsqlBatch> _appends = [];
    private readonly Dictionary<int, NpgsqlBatch> _transfers = [];

    public void Append(ReadOnlyMemory<byte> payload, int count)
    {
        NpgsqlBatch batch = BatchOf(_appends, count, "insert into events(payload) values ($1)",
            () => [new NpgsqlParameter<ReadOnlyMemory<byte>> { NpgsqlDbType = NpgsqlDbType.Bytea }]);
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
            ((NpgsqlParameter<ReadOnlyMemory<byte>>)command.Parameters[0]).TypedValue = payload;
        batch.ExecuteNonQuery();
    }

    public void Transfer(ReadOnlySpan<(ulong From, ulong To)> pairs)
    {
        NpgsqlBatch batch = BatchOf(_transfers, pairs.Length, "select transfer($1, $2, 1)",
            () => [new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint }, new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint }]);
        for (int i = 0; i < pairs.Length; i++)
        {
            NpgsqlParameterCollection parameters = batch.BatchCommands[i].Parameters;
            ((NpgsqlParameter<long>)parameters[0]).TypedValue = (long)pairs[i].From;
            ((NpgsqlParameter<long>)parameters[1]).TypedValue = (long)pairs[i].To;
        }

        batch.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (NpgsqlBatch batch in _appends.Values.Concat(_transfers.Values)) batch.Dispose();
        connection.Dispose();
    }

    private NpgsqlBatch BatchOf(
        Dictionary<int, NpgsqlBatch> batches, int count, string statement, Func<NpgsqlParameter[]> parameters)
    {
        if (batches.TryGetValue(count, out NpgsqlBatch? batch)) return batch;

        // With barriers each command is a transaction of its own; without, the batch would be one.
        batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true };
        for (int i = 0; i < count; i++)
        {
            NpgsqlBatchCommand command = new(statement);
            command.Parameters.AddRange(parameters());
            batch.BatchCommands.Add(command);
        }

        batch.Prepare();
        batches.Add(count, batch);
        return batch;
    }
}
