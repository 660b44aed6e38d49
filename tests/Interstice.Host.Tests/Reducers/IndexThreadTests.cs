using System.Buffers.Binary;
using System.Text;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: rows that a thread of its own enters into indexes are all there for whoever looks, whatever happens to the rows
/// meanwhile. Method: the thread itself, rows that are overwritten while they are entered, and looks at every index.</summary>
public sealed class IndexThreadTests
{
    private const int Rows = 60_000;
    private const int RowBytes = 3 * sizeof(ulong);

    [Fact]
    public void Rows_that_are_overwritten_while_they_are_entered_are_found_by_their_keys()
    {
        var random = new Random(7);
        using var indexes = new IndexThread(new StreamName("test"));
        var state = new ModuleState(ModuleSchema.Parse(Encoding.UTF8.GetBytes(
            """{"module":{"name":"test","version":"1.0.0","abi":1}}""" + "\n" +
            """{"table":{"name":"moves","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"from","type":"u64"},{"name":"note","type":"u64"}],"indexes":[{"name":"by_sender","columns":["from","id"]}]}}""")));
        state.EnterElsewhere(indexes);
        Table moves = state.GetTable(0);
        List<byte[]> rows = [];
        for (int id = 0; id < Rows; id++)
        {
            rows.Add(Row((ulong)id, (ulong)random.Next(1000), 0));
            moves.Release(moves.Insert(rows[id]));
            state.HandWaiting();
            int changed = Math.Max(0, id - random.Next(2000));
            byte[] after = Row((ulong)changed, BinaryPrimitives.ReadUInt64LittleEndian(rows[changed].AsSpan(sizeof(ulong))), (ulong)id);
            moves.Release(moves.Update(rows[changed], after));
            rows[changed] = after;
            if (id % 9973 == 0) ShouldHold(moves, rows);
        }

        ShouldHold(moves, rows);
        moves.Verify();
    }

    private static void ShouldHold(Table moves, List<byte[]> rows)
    {
        List<string> expected =
        [
            .. rows.OrderBy(row => BinaryPrimitives.ReadUInt64LittleEndian(row.AsSpan(sizeof(ulong))))
                .ThenBy(row => BinaryPrimitives.ReadUInt64LittleEndian(row)).Select(Convert.ToHexString),
        ];
        List<string> found = [];
        foreach (ReadOnlySpan<byte> row in moves.Scan(1, KeyRange.All, descending: false)) found.Add(Convert.ToHexString(row));
        found.SequenceEqual(expected).ShouldBeTrue();
    }

    private static byte[] Row(ulong id, ulong from, ulong note)
    {
        byte[] row = new byte[RowBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(row, id);
        BinaryPrimitives.WriteUInt64LittleEndian(row.AsSpan(sizeof(ulong)), from);
        BinaryPrimitives.WriteUInt64LittleEndian(row.AsSpan(2 * sizeof(ulong)), note);
        return row;
    }
}
