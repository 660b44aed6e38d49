using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

public sealed class RowHeapTests
{
    [Fact]
    public void A_slot_holds_its_bytes_wastes_at_most_an_eighth_and_has_one_size_per_class()
    {
        var sizes = new Dictionary<int, int>();
        for (int bytes = 1; bytes <= RowHeap.BigRowBytes + 4; bytes++)
        {
            int slotClass = SlotClass.Of(bytes, out int granules);
            slotClass.ShouldBeInRange(0, SlotClass.Count - 1);
            (granules * SlotClass.GranuleBytes).ShouldBeGreaterThanOrEqualTo(bytes);
            (granules * SlotClass.GranuleBytes).ShouldBeLessThanOrEqualTo(bytes + Math.Max(3, bytes / 8));
            sizes.TryAdd(slotClass, granules);
            sizes[slotClass].ShouldBe(granules);
        }

        sizes.Values.Distinct().Count().ShouldBe(sizes.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(40)]
    public void Rows_keep_their_bytes_while_others_come_and_go(int? fixedLength)
    {
        RandomTest.Run(3, random =>
        {
            var heap = new RowHeap(fixedLength);
            var rows = new Dictionary<uint, byte[]>();
            for (int step = 0; step < 20_000; step++)
            {
                if (rows.Count > 0 && random.Next(5) < 2)
                {
                    uint gone = rows.Keys.ElementAt(random.Next(Math.Min(rows.Count, 50)));
                    heap[gone].SequenceEqual(rows[gone]).ShouldBeTrue();
                    rows.Remove(gone);
                    heap.Free(gone);
                    continue;
                }

                byte[] row = new byte[fixedLength ?? NextLength(random)];
                random.NextBytes(row);
                rows.Add(heap.Add(row), row);
            }

            foreach ((uint reference, byte[] row) in rows) heap[reference].SequenceEqual(row).ShouldBeTrue();
        });
    }

    [Fact]
    public void Freed_slots_are_used_again()
    {
        var heap = new RowHeap(null);
        uint[] references = [.. Enumerable.Range(0, 1000).Select(i => heap.Add(new byte[i % 90 + 1]))];
        long memory = heap.MemoryBytes;
        for (int round = 0; round < 100; round++)
        {
            foreach (uint reference in references) heap.Free(reference);
            references = [.. Enumerable.Range(0, 1000).Select(i => heap.Add(new byte[i % 90 + 1]))];
        }

        heap.MemoryBytes.ShouldBe(memory);
    }

    private static int NextLength(Random random) => random.Next(200) switch
    {
        0 => random.Next(100_000, 300_000),
        < 10 => random.Next(500, 40_000),
        _ => random.Next(1, 100),
    };
}
