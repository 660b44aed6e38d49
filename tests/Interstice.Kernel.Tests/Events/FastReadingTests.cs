using Interstice.Kernel.Events;

namespace Interstice.Kernel.Tests.Events;

/// <summary>Goal: the readers that replay uses for many events take exactly what the ones with words for every fault take, with the same
/// values. Method: every prefix and every changed byte of payloads of each kind.</summary>
public sealed class FastReadingTests
{
    [Fact]
    public void A_digest_is_read_from_what_the_thorough_reader_takes_and_nothing_else()
    {
        int taken = 0;
        foreach (byte[] metadata in Variants(Record(withAll: false)).Concat(Variants(Record(withAll: true))))
        {
            TransactionDigest? thorough = Try<TransactionDigest?>(() => TransactionRecord.ReadDigest(metadata));
            bool isRead = TransactionRecord.TryReadDigest(
                metadata, out int eventCount, out ulong epoch, out UInt128 stateHash, out ChainValue chain);
            isRead.ShouldBe(thorough is { Chain: not null }, Convert.ToHexString(metadata));
            if (!isRead) continue;
            taken++;
            (eventCount, epoch, stateHash, chain).ShouldBe((thorough!.Value.EventCount, thorough.Value.Epoch, thorough.Value.StateHash, thorough.Value.Chain!.Value));
        }

        taken.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Row_events_are_read_from_what_the_thorough_readers_take_and_nothing_else()
    {
        using var writer = new PayloadWriter();
        RowEvent.WriteUpdate(writer, "notes"u8, "the row before"u8, "after"u8);
        foreach (byte[] payload in Variants(writer.Written.ToArray()))
        {
            string? thorough = Try(() =>
            {
                RowEvent.ReadUpdate(payload, out ReadOnlySpan<byte> table, out ReadOnlySpan<byte> oldRow, out ReadOnlySpan<byte> newRow);
                return Text(table, oldRow, newRow);
            });
            bool isRead = RowEvent.TryReadUpdate(
                payload, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> before, out ReadOnlySpan<byte> after);
            (isRead ? Text(name, before, after) : null).ShouldBe(thorough);
            thorough = Try(() =>
            {
                RowEvent.Read(payload, out ReadOnlySpan<byte> table, out ReadOnlySpan<byte> row);
                return Text(table, row, default);
            });
            isRead = RowEvent.TryRead(payload, out name, out before);
            (isRead ? Text(name, before, default) : null).ShouldBe(thorough);
        }
    }

    [Fact]
    public void The_id_of_the_next_event_has_the_next_index()
    {
        var transaction = new TransactionId(0x0123456789ABCDEF, 0xFEDCBA98);
        foreach (int index in new[] { 0, 1, 254, 255, 256, 65535, 0xFFFFFF, int.MaxValue - 1 })
            TransactionId.NextEvent(transaction.EventId(index)).ShouldBe(transaction.EventId(index + 1));
    }

    private static IEnumerable<byte[]> Variants(byte[] bytes)
    {
        yield return bytes;
        yield return [.. bytes, 0];
        for (int length = 0; length < bytes.Length; length++) yield return bytes[..length];
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte change in new byte[] { 1, 2, 4, 8, 0x80, 0xFF })
            {
                byte[] changed = [.. bytes];
                changed[at] ^= change;
                yield return changed;
            }
        }
    }

    private static byte[] Record(bool withAll)
    {
        using var writer = new PayloadWriter();
        new TransactionRecord
        {
            EventCount = 3,
            Reducer = "work",
            Arguments = new byte[] { 1, 2, 3 },
            Caller = Identity.Of("tests", "caller"),
            TimeUs = 5,
            Seed = 6,
            Code = CodeHash.Of([7]),
            Engine = "tests",
            Fuel = 8,
            Host = Guid.Empty,
            Epoch = 9,
            StateHash = ((UInt128)10 << 64) | 11,
            IdempotencyKey = withAll ? "key" : null,
            Result = withAll ? new byte[] { 12 } : null,
            Causation = withAll ? Guid.Empty : null,
            Origin = withAll ? new(Guid.Empty, 13) : null,
            Chain = ChainValue.Start(StreamNames.Module("bank")),
        }.Write(writer);
        return writer.Written.ToArray();
    }

    private static string Text(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        $"{Convert.ToHexString(first)} {Convert.ToHexString(second)} {Convert.ToHexString(third)}";

    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EventFormatException)
        {
            return default;
        }
    }
}
