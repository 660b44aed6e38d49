using System.Buffers.Binary;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Goal: a tree holds exactly what was put in, in the order of key bytes, whatever the kind of key. Method: random
/// inserts, removals and replacements beside a SortedDictionary; every invariant is checked on the way.</summary>
public sealed class BTreeTests
{
    // Every key ends its strings, so none is a prefix of another, as the tree demands.
    private static readonly Func<Random, byte[]>[] KeyKinds =
    [
        random => Bytes(random.Next(4000)),
        random => [(byte)random.Next(256), (byte)random.Next(20)],
        random => [.. Bytes((ulong)random.Next(5)), .. Bytes((ulong)random.Next(1000))],
        random => [.. Bytes(1), .. Bytes(2), .. Bytes((ulong)random.Next(3000))],
        random => [.. Enumerable.Range(0, random.Next(30)).Select(_ => (byte)random.Next(1, 3)), 0],
        random => [.. Enumerable.Repeat((byte)7, random.Next(15, 18)), 0, .. Bytes((ulong)random.Next(300))],
        random => [.. Enumerable.Repeat((byte)255, random.Next(1, 12)), 0, (byte)random.Next(256)],
        random => RandomBytes(random, 8),
        random => RandomBytes(random, 16),
        random => random.Next(20) == 0 ? RandomBytes(random, 8) : Bytes((ulong)random.Next(2000)),
        random => random.Next(20) == 0 ? RandomBytes(random, 16) : [.. Bytes((ulong)random.Next(9)), .. Bytes((ulong)random.Next(500))],
        random => Bytes(Scattered(random, 0x0000_8421_0842_1FFF)),
        random => Bytes(Scattered(random, 0x0CF0_F0F0_F0F0_FFFF)),
        random => Bytes(Scattered(random, 0x3FFF_0000_FFFF_FFF0)),
        random => [.. Bytes(Scattered(random, 0x0000_0700_0000_0001)), .. Bytes(Scattered(random, 0x0000_0FFF_FFFF_0000))],
        random => [.. Bytes(Scattered(random, 0x0000_00FF_FFFF_FFFF)), .. Bytes(Scattered(random, 0x0000_0000_0FFF_FFFF))],
    ];

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1, 2)]
    [InlineData(2, 16)]
    [InlineData(2, 8)]
    [InlineData(3, null)]
    [InlineData(4, null)]
    [InlineData(4, 8)]
    [InlineData(5, null)]
    [InlineData(6, null)]
    [InlineData(7, 8)]
    [InlineData(8, 16)]
    [InlineData(9, 8)]
    [InlineData(10, 16)]
    [InlineData(10, null)]
    [InlineData(11, 8)]
    [InlineData(12, 8)]
    [InlineData(13, 8)]
    [InlineData(14, 16)]
    [InlineData(15, 16)]
    public void Tree_holds_what_a_sorted_dictionary_holds(int kind, int? keyLength)
    {
        RandomTest.Run(4, random =>
        {
            var keys = new TestKeys();
            var tree = BTree.Create(keys, keyLength);
            var model = new SortedDictionary<byte[], uint>(KeyOrder.Instance);
            for (int round = 0; round < 6; round++)
            {
                int inserts = round % 2 == 0 ? 80 : 20;
                for (int step = 0; step < 1500; step++) Step(random, KeyKinds[kind](random), inserts, tree, keys, model);
                tree.Verify();
                CompareAll(tree, model);
                for (int i = 0; i < 50; i++) CompareRange(random, KeyKinds[kind], tree, model);
            }

            foreach (byte[] key in model.Keys.ToArray())
            {
                tree.Remove(key).ShouldBe(model[key]);
                model.Remove(key);
                if (random.Next(50) == 0) tree.Verify();
            }

            tree.Verify();
            tree.Count.ShouldBe(0);
            tree.Begin().ShouldBe(TreePosition.End);
        });
    }

    // Goal: many entries at once give the tree that one after another give. Method: batches of every size, in random, rising and
    // falling order, between removals; with keys that heads hold wholly, in part, or that share their heads.
    [Theory]
    [InlineData(0, 8, true)]
    [InlineData(2, 16, true)]
    [InlineData(2, 16, false)]
    [InlineData(3, null, false)]
    [InlineData(4, null, false)]
    [InlineData(5, null, false)]
    [InlineData(7, 8, true)]
    [InlineData(8, 16, true)]
    [InlineData(10, 16, true)]
    [InlineData(10, null, false)]
    [InlineData(11, 8, true)]
    [InlineData(12, 8, true)]
    [InlineData(14, 16, true)]
    [InlineData(15, 16, true)]
    public void Batches_enter_what_single_inserts_would(int kind, int? keyLength, bool isKnown)
    {
        int rounds = 0;
        RandomTest.Run(3, random =>
        {
            var keys = new TestKeys(isKnown ? keyLength : null);
            var tree = BTree.Create(keys, keyLength);
            var model = new SortedDictionary<byte[], uint>(KeyOrder.Instance);
            foreach (int size in (int[])[1, 700, 3, 40, 2000, 90, 8, 1500, 64, 300])
            {
                List<byte[]> batch = [.. Enumerable.Range(0, size).Select(_ => KeyKinds[kind](random))
                    .Where(key => !model.ContainsKey(key)).Distinct(KeyOrder.Instance)];
                if (random.Next(3) == 0) batch.Sort(KeyOrder.Instance);
                if (random.Next(4) == 0) batch.Reverse();
                uint[] references = [.. batch.Select(keys.Add)];
                tree.TryInsertAll(references).ShouldBeTrue();
                for (int i = 0; i < references.Length; i++) model.Add(batch[i], references[i]);
                tree.Verify();
                CompareAll(tree, model);
                foreach (byte[] key in model.Keys.Where(_ => random.Next(3) == 0).ToArray())
                {
                    tree.Remove(key).ShouldBe(model[key]);
                    model.Remove(key);
                }

                rounds++;
            }
        });
        rounds.ShouldBePositive();
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(null, null)]
    public void A_batch_with_a_key_that_is_there_is_refused(int? keyLength, int? fixedLength)
    {
        foreach (int twin in (int[])[0, 57, 199, 300])
        {
            var keys = new TestKeys(fixedLength);
            var tree = BTree.Create(keys, keyLength);
            tree.TryInsertAll([.. Enumerable.Range(0, 200).Select(i => keys.Add(Bytes(i)))]).ShouldBeTrue();
            uint[] more = [.. Enumerable.Range(300, 100).Append(twin).Select(i => keys.Add(Bytes(i)))];
            tree.TryInsertAll(more).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(null)]
    public void Every_step_of_a_small_tree_keeps_the_invariants(int? keyLength)
    {
        RandomTest.Run(2, random =>
        {
            var keys = new TestKeys();
            var tree = BTree.Create(keys, keyLength);
            var model = new SortedDictionary<byte[], uint>(KeyOrder.Instance);
            for (int step = 0; step < 3000; step++)
            {
                Step(random, Bytes((ulong)random.Next(1200)), step < 1500 ? 75 : 25, tree, keys, model);
                tree.Verify();
            }

            CompareAll(tree, model);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keys_that_rise_or_fall_are_all_found(bool rises)
    {
        var keys = new TestKeys();
        var tree = BTree.Create(keys, 8);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] key = Bytes((ulong)(rises ? i : 50_000 - i));
            tree.Insert(key, keys.Add(key)).ShouldBeTrue();
        }

        tree.Verify();
        for (int i = 0; i < 50_000; i++) tree.Find(Bytes((ulong)(rises ? i : 50_000 - i))).ShouldBe((uint)i);
        tree.Find(Bytes(60_000)).ShouldBe(RowSource.NoRow);
    }

    [Fact]
    public void Rising_keys_leave_full_leaves_behind()
    {
        var keys = new TestKeys();
        var tree = BTree.Create(keys, 8);
        for (int i = 0; i < 100_000; i++) tree.Insert(Bytes((ulong)i), keys.Add(Bytes((ulong)i)));
        tree.MemoryBytes.ShouldBeLessThan(100_000 * 7);
    }

    // Goal: an entry costs its reference and the bits in which the keys of a leaf differ, and leaves are well filled whatever the
    // order of keys. Method: pairs in random order, of which some 20 bits vary in a leaf; then stamps that are multiples of 1,000
    // behind one of 10,000 numbers, of which some 35 bits do.
    [Theory]
    [InlineData(1, 11)]
    [InlineData(1000, 13)]
    public void Scattered_keys_take_few_bytes_an_entry(int step, int bytesMax)
    {
        var random = new Random(1);
        var keys = new TestKeys();
        var tree = BTree.Create(keys, 16);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] key = [.. Bytes((ulong)random.Next(10_000)), .. Bytes((ulong)i * (ulong)step)];
            tree.Insert(key, keys.Add(key));
        }

        tree.Verify();
        tree.MemoryBytes.ShouldBeLessThan(100_000 * bytesMax);
    }

    [Fact]
    public void A_queue_takes_no_more_memory_the_longer_it_runs()
    {
        var keys = new TestKeys();
        var tree = BTree.Create(keys, 8);
        long memory = 0;
        for (int i = 0; i < 200_000; i++)
        {
            tree.Insert(Bytes((ulong)i), keys.Add(Bytes((ulong)i)));
            if (i >= 1000) tree.Remove(Bytes((ulong)i - 1000)).ShouldBe((uint)i - 1000);
            if (i == 20_000) memory = tree.MemoryBytes;
        }

        tree.Verify();
        tree.MemoryBytes.ShouldBe(memory);
    }

    [Fact]
    public void Clearing_leaves_an_empty_tree_that_takes_entries_again()
    {
        var keys = new TestKeys();
        var tree = BTree.Create(keys, 8);
        for (int i = 0; i < 5000; i++) tree.Insert(Bytes((ulong)i), keys.Add(Bytes((ulong)i)));
        long memory = tree.MemoryBytes;
        tree.Clear();
        tree.Verify();
        for (int i = 0; i < 5000; i++) tree.Insert(Bytes((ulong)i), (uint)i).ShouldBeTrue();
        tree.Verify();
        tree.MemoryBytes.ShouldBe(memory);
    }

    [Fact]
    public void Twins_are_keys_that_share_a_prefix()
    {
        var keys = new TestKeys();
        var tree = BTree.Create(keys, null);
        byte[][] all = [[1, 1], [1, 2], [2, 1], [3, .. Enumerable.Repeat((byte)9, 20), 1], [3, .. Enumerable.Repeat((byte)9, 20), 2]];
        foreach (byte[] key in all) tree.Insert(key, keys.Add(key));
        tree.HasTwins([1]).ShouldBeTrue();
        tree.HasTwins([2]).ShouldBeFalse();
        tree.HasTwins([4]).ShouldBeFalse();
        tree.HasTwins(all[3].AsSpan(0, 21)).ShouldBeTrue();
        tree.HasTwins(all[3]).ShouldBeFalse();
    }

    private static void Step(
        Random random, byte[] key, int inserts, BTree tree, TestKeys keys, SortedDictionary<byte[], uint> model)
    {
        tree.Find(key).ShouldBe(model.TryGetValue(key, out uint found) ? found : RowSource.NoRow);
        if (random.Next(100) < inserts)
        {
            uint reference = keys.Add(key);
            tree.Insert(key, reference).ShouldBe(model.TryAdd(key, reference));
        }
        else if (random.Next(4) == 0)
        {
            uint reference = keys.Add(key);
            tree.Replace(key, reference).ShouldBe(model.ContainsKey(key));
            if (model.ContainsKey(key)) model[key] = reference;
        }
        else
        {
            tree.Remove(key).ShouldBe(model.Remove(key, out uint removed) ? removed : RowSource.NoRow);
        }
    }

    private static void CompareAll(BTree tree, SortedDictionary<byte[], uint> model)
    {
        tree.Count.ShouldBe(model.Count);
        Between(tree, tree.Begin(), TreePosition.End).ShouldBe(model.Values.ToList());
        var backwards = new List<uint>();
        for (TreePosition position = TreePosition.End; position != tree.Begin();)
        {
            position = tree.Previous(position);
            backwards.Add(tree.ReferenceAt(position));
        }

        backwards.Reverse();
        backwards.ShouldBe(model.Values.ToList());
    }

    private static void CompareRange(
        Random random, Func<Random, byte[]> kind, BTree tree, SortedDictionary<byte[], uint> model)
    {
        byte[] prefix = kind(random);
        prefix = prefix[..random.Next(1, prefix.Length + 1)];
        List<uint> expected = [.. model.Where(entry => entry.Key.AsSpan().StartsWith(prefix)).Select(entry => entry.Value)];
        Between(tree, tree.Seek(prefix, behind: false), tree.Seek(prefix, behind: true)).ShouldBe(expected);
        tree.HasTwins(prefix).ShouldBe(expected.Count > 1);
    }

    private static List<uint> Between(BTree tree, TreePosition from, TreePosition to)
    {
        var found = new List<uint>();
        for (TreePosition position = from; position != to; position = tree.Next(position)) found.Add(tree.ReferenceAt(position));
        return found;
    }

    private static byte[] Bytes(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    // One of 4,000 numbers whose ones are at the places of a mask; now and then one more stands elsewhere.
    private static ulong Scattered(Random random, ulong mask)
    {
        ulong bits = PackedBits.DepositRuns((ulong)random.Next(4000) * PackedBits.Golden, mask);
        return random.Next(50) == 0 ? bits ^ (1UL << random.Next(64)) : bits;
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Bytes(int value) => Bytes((ulong)value);

    private sealed class KeyOrder : IComparer<byte[]>, IEqualityComparer<byte[]>
    {
        internal static readonly KeyOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length == 0 ? 0 : HashCode.Combine(obj.Length, obj[0], obj[^1]);
    }
}
