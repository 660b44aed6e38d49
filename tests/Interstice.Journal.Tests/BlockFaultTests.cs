using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: a device that writes a block to the wrong place, twice, or not at all is caught.
// Method: zero, copy, swap and exchange blocks of closed stores at random; what remains must be reported, or be equal.
public sealed class BlockFaultTests
{
    private const int BlockBytes = 512;

    [Fact]
    public async Task Zeroed_copied_swapped_and_misdirected_blocks_are_reported()
    {
        int runs = 1000 * Stores.Scale;
        int seed = Environment.TickCount;
        Random random = new(seed);
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 4, segmentBytes: 16 * 1024);
        (MemoryFiles other, _) = await Stores.FilledAsync(segments: 4, segmentBytes: 16 * 1024);
        List<string> sealedSegments = Stores.Segments(files)[..^1];
        for (int run = 0; run < runs; run++)
        {
            MemoryFiles changed = files.Copy();
            string name = sealedSegments[random.Next(sealedSegments.Count)];
            byte[] image = changed.Read(name);
            byte[] before = [.. image];
            string what = Change(random, files, other, name, image);
            if (image.AsSpan().SequenceEqual(before)) continue;
            changed.Replace(name, image);

            (await Stores.VerifyAsync(changed)).IsOk.ShouldBeFalse($"{what} of {name}, run {run} of seed {seed}");
            (await IsRefusedOrRebuiltAsync(changed, events)).ShouldBeTrue($"{what} of {name}, run {run} of seed {seed}");
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

    // What stands in an index is not needed: the store says that it is damaged and reads the frames.
    private static async Task<bool> IsRefusedOrRebuiltAsync(MemoryFiles files, int events)
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
