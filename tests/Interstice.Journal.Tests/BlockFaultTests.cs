using Interstice.Journal.Files;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// R5. Goal: a device that writes a block to the wrong place, twice, or not at all is caught.
// Method: zero, copy, swap and exchange blocks of closed stores at random; what remains must be reported, or be equal.
public sealed class BlockFaultTests
{
    private const int BlockBytes = 512;
    private const int StalesOfEach = 20;

    [Fact]
    public async Task Zeroed_copied_swapped_and_misdirected_blocks_are_reported()
    {
        var share = new TimeShare("changes of blocks", 1000, 20);
        Random random = share.Random;
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 4, segmentBytes: 16 * 1024);
        (MemoryFiles other, _) = await Stores.FilledAsync(segments: 4, segmentBytes: 16 * 1024);
        List<string> sealedSegments = Stores.Segments(files)[..^1];
        while (share.HasMore)
        {
            MemoryFiles changed = files.Copy();
            string name = sealedSegments[random.Next(sealedSegments.Count)];
            byte[] image = changed.Read(name);
            byte[] before = [.. image];
            string what = Change(random, files, other, name, image);
            if (image.AsSpan().SequenceEqual(before)) continue;
            changed.Replace(name, image);
            string why = $"{what} of {name}, change {share.Count} of seed {share.Seed}";
            (await Stores.VerifyAsync(changed)).IsOk.ShouldBeFalse(why);
            (await IsRefusedOrRebuiltAsync(changed, events)).ShouldBeTrue(why);
            share.Add(1);
        }

        share.End("R5, blocks of 512 bytes");
    }

    // What a file system, or a journal that used its files again, may leave behind the end of the log: another segment's frames of the
    // same store at the same offsets, from the tail on or from the next block on.
    [Fact]
    public async Task Stale_frames_of_a_recycled_segment_behind_the_tail_are_never_read_as_the_log()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 4, segmentBytes: 16 * 1024);
        (MemoryFiles other, _) = await Stores.FilledAsync(segments: 4, segmentBytes: 16 * 1024);
        List<string> names = Stores.Segments(files);
        byte[] last = files.Read(names[^1]);
        int tail = Tail(last);
        int tried = 0;
        foreach (byte[] stale in names[..^1].Select(files.Read).Concat(Stores.Segments(other).Select(other.Read)))
        {
            foreach (int from in FramesFrom(stale, tail).Take(StalesOfEach).Append(tail).Append((tail / BlockBytes + 1) * BlockBytes))
            {
                MemoryFiles changed = files.Copy();
                byte[] image = [.. last];
                int count = Math.Min(image.Length, stale.Length) - from;
                if (count <= 0 || stale.AsSpan(from, count).IndexOfAnyExcept((byte)0) < 0) continue;
                stale.AsSpan(from, count).CopyTo(image.AsSpan(from));
                changed.Replace(names[^1], image);
                await using (JournalStore store = await Stores.OpenAsync(changed, 16 * 1024))
                {
                    (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events), $"stale bytes from {from}");
                    store.Recovery.TornTail.ShouldNotBeNull($"stale bytes from {from}");
                    await Stores.AppendAsync(store, $"{events}");
                }

                await using JournalStore again = await Stores.OpenAsync(changed, 16 * 1024);
                (await Stores.TextsAsync(again)).ShouldBe(Stores.Numbers(events + 1), $"stale bytes from {from}");
                tried++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R5: {tried} stale tails");
        tried.ShouldBeGreaterThan(50);
    }

    // Planted bug: the checksums of frames are not looked at.
    [Fact]
    public async Task A_journal_that_skipped_the_checksum_would_be_caught()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 2, segmentBytes: 16 * 1024);
        string last = Stores.Segments(files)[^1];
        byte[] image = files.Read(last);
        byte[] stale = files.Read(Stores.Segments(files)[0]);
        int tail = Tail(image);
        int from = FramesFrom(stale, tail).First();
        stale.AsSpan(from, image.Length - from).CopyTo(image.AsSpan(tail));
        files.Replace(last, image);
        (await IsCaughtAsync(files)).ShouldBeFalse("the journal as it is");
        (await IsCaughtAsync(new MemoryFilesWithoutChecksums(files))).ShouldBeTrue();

        async Task<bool> IsCaughtAsync(IJournalFiles through)
        {
            try
            {
                await using JournalStore store = await Stores.OpenAsync(through, 16 * 1024, readOnly: true);
                return !(await Stores.TextsAsync(store)).SequenceEqual(Stores.Numbers(events));
            }
            catch (JournalDamageException)
            {
                return true; // the journal as it is drops the tail and opens
            }
        }
    }

    [Fact]
    public async Task A_frame_of_another_store_or_segment_at_the_same_offset_does_not_pass()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 3);
        (MemoryFiles other, _) = await Stores.FilledAsync(segments: 3);
        List<string> names = Stores.Segments(files);
        List<string> otherNames = Stores.Segments(other);
        for (int i = 0; i < 2; i++)
        {
            MemoryFiles changed = files.Copy();
            byte[] foreign = other.Read(otherNames[i]);
            changed.Read(names[i]).AsSpan(0, 128).CopyTo(foreign); // header of the right store, frames of the other
            changed.Replace(names[i], foreign);
            (await Stores.VerifyAsync(changed)).Errors.ShouldContain(error => error.Segment == i + 1 && error.Offset == 128);
            await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(changed));
        }
    }

    private static int Tail(byte[] image)
    {
        int last = FramesFrom(image, 0).Last();
        return last + 8 + BitConverter.ToInt32(image, last);
    }

    // Where frames begin.
    private static IEnumerable<int> FramesFrom(byte[] image, int from)
    {
        for (int at = 128; at + 8 <= image.Length && BitConverter.ToInt32(image, at) is var length and > 0; at += 8 + length)
            if (at >= from) yield return at;
    }

    // What stands in an index is not needed: the store says that it is damaged and reads the frames.
    private static async Task<bool> IsRefusedOrRebuiltAsync(IJournalFiles files, int events)
    {
        JournalOptions options = Stores.Options() with { ChecksFramesOnOpen = true };
        try
        {
            await using JournalStore store =
                await JournalStore.OpenAsync(options, null, files, TestContext.Current.CancellationToken);
            return store.Recovery.FooterProblems.Count == 1
                && (await Stores.TextsAsync(store)).SequenceEqual(Stores.Numbers(events));
        }
        catch (JournalDamageException)
        {
            return true;
        }
    }

    private static string Change(Random random, MemoryFiles files, MemoryFiles other, string name, byte[] image)
    {
        int blocks = (image.Length + BlockBytes - 1) / BlockBytes;
        Span<byte> block = Block(image, random.Next(blocks));
        Span<byte> second = Block(image, random.Next(blocks));
        switch (random.Next(5))
        {
            case 0:
                block.Clear();
                return "zeroed block";
            case 1:
                Overwrite(block, second);
                return "copied block";
            case 2:
                byte[] kept = block.ToArray();
                Overwrite(block, second);
                Overwrite(second, kept);
                return "swapped blocks";
            case 3:
                string elsewhere = Stores.Segments(files)[random.Next(4)];
                byte[] source = files.Read(elsewhere);
                Overwrite(block, Block(source, random.Next(source.Length / BlockBytes)));
                return $"block of {elsewhere}";
            default:
                byte[] foreign = other.Read(Stores.Segments(other).First(n => n[..10] == name[..10]));
                int index = random.Next(Math.Min(blocks, foreign.Length / BlockBytes));
                Overwrite(Block(image, index), Block(foreign, index));
                return "block of another store";
        }
    }

    private static Span<byte> Block(byte[] image, int index) =>
        image.AsSpan(index * BlockBytes, Math.Min(BlockBytes, image.Length - index * BlockBytes));

    private static void Overwrite(Span<byte> destination, ReadOnlySpan<byte> source) =>
        source[..Math.Min(source.Length, destination.Length)].CopyTo(destination);
}
