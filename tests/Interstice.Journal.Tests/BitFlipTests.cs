using Interstice.Journal.Verification;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// R4. Goal: no bit of the log can change unnoticed, and what was once durable is never dropped in silence.
// Method: change the bits of a sealed segment of 64 KiB, and of the open one, one at a time. Of the sealed one a quick run takes every
// fifth bit, from one that the seed gives on, which meets every byte; with INTERSTICE_TEST_SCALE at 5 it takes them all.
public sealed class BitFlipTests
{
    private const byte AppendKind = 1;
    private const byte MarkerKind = 2;
    private const byte FooterKind = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const int BitsMin = 64 * 1024 * 8;
    private const int ShareInQuickRun = 5;
    private const int OpenedEvery = 31;

    [Fact]
    public async Task Every_bit_flipped_in_a_sealed_segment_of_64_KiB_is_reported_with_its_position_and_refused()
    {
        (MemoryFiles files, int events, int number) = await LargeSegmentAsync();
        string name = Stores.Segments(files)[number - 1];
        byte[] image = files.Read(name);
        int bits = 8 * image.Length;
        bits.ShouldBeGreaterThanOrEqualTo(BitsMin);
        int[] frames = FrameStarts(image);
        int step = Math.Max(1, ShareInQuickRun / Stores.Scale);
        var share = new TimeShare("bits", bits, seconds: 600);

        await FlipBitsAsync(files, name, Enumerable.Range(0, bits).Where(bit => bit % step == share.Seed % step), async (offset, flipped) =>
        {
            share.Add(1);
            int start = frames.Last(frame => frame <= offset);
            VerificationReport report = await Stores.VerifyAsync(flipped);
            string where = $"bit in byte {offset}, frame at {start}";
            report.Errors.Any(error => error.Segment == number && error.Offset == start).ShouldBeTrue(where);
            report.Errors.All(error => error.Segment >= number).ShouldBeTrue(where);

            if (offset % OpenedEvery != 0) return;
            bool isFooter = start > 0 && image[start + 8] == FooterKind;
            bool isMarker = start > 0 && image[start + 8] == MarkerKind;
            bool isFrame = start > 0 && image[start + 8] == AppendKind;
            await ExpectAsync(checksFrames: true, opens: isFooter);
            await ExpectAsync(checksFrames: false, opens: isFooter || isMarker || isFrame);

            async Task ExpectAsync(bool checksFrames, bool opens)
            {
                string why = $"bit in byte {offset}, frame at {start}, checking frames {checksFrames}";
                JournalOptions options = Stores.Options(readOnly: true) with { ChecksFramesOnOpen = checksFrames };
                (JournalStore? store, JournalDamageException? damage) = await TryOpenAsync(options, flipped);
                await using JournalStore? opened = store;
                (opened is not null).ShouldBe(opens, why);
                if (isFooter) ExpectRebuilt(opened!, number, start);
                bool isUnread = isMarker && !checksFrames;
                if (isFooter || isUnread) (await Stores.TextsAsync(opened!)).ShouldBe(Stores.Numbers(events), why);
                else damage ??= await Should.ThrowAsync<JournalDamageException>(() => Stores.TextsAsync(opened!));
                if (damage is null) return;
                damage.Segment.ShouldBe(number, why);
                damage.Offset.ShouldBe(start, why);
                damage.Expected.ShouldNotBe(damage.Found);
            }
        });
        share.End($"R4, every {step}. bit of a sealed segment of {image.Length} bytes");
    }

    // Planted bug: the checksums of frames are not looked at.
    [Fact]
    public async Task A_journal_that_skipped_the_checksum_would_be_caught()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 3);
        string name = Stores.Segments(files)[^1];
        int[] frames = FrameStarts(files.Read(name));
        int caught = 0;
        await FlipBitsAsync(files, name, Enumerable.Range(8 * frames[1], 8 * (frames[2] - frames[1])), async (_, flipped) =>
        {
            if ((await Stores.VerifyAsync(new MemoryFilesWithoutChecksums(flipped))).IsOk) caught++;
        });
        caught.ShouldBePositive();
    }

    [Fact]
    public async Task Below_the_close_marker_a_flipped_bit_is_damage_and_from_it_on_only_the_tail_is_dropped()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 1);
        string name = Stores.Segments(files)[0];
        byte[] image = files.Read(name);
        int[] frames = FrameStarts(image);
        int marker = frames[^2]; // the last entry is the end of the last frame, which is the marker of the close

        await FlipEveryBitAsync(files, name, image.Length, async (offset, flipped) =>
        {
            (await Stores.VerifyAsync(flipped)).IsOk.ShouldBeFalse($"bit in byte {offset}");
            if (offset < marker)
            {
                JournalDamageException damage = await Should.ThrowAsync<JournalDamageException>(
                    async () => await Stores.OpenAsync(flipped));
                damage.Offset.ShouldBe(frames.Last(frame => frame <= offset));
                return;
            }

            if (offset > marker + 100 && offset % 64 != 0) return; // zeros behind the log are all alike
            await using JournalStore store = await Stores.OpenAsync(flipped.Copy());
            store.Recovery.TornTail.ShouldNotBeNull();
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events));
        });
    }

    [Fact]
    public async Task Without_a_close_marker_only_the_last_group_can_be_taken_for_a_torn_tail()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 1, closes: false);
        string name = Stores.Segments(files)[0];
        byte[] image = files.Read(name);
        int[] frames = FrameStarts(image);
        int last = frames[^2];

        await FlipEveryBitAsync(files, name, frames[^1], async (offset, flipped) =>
        {
            (await Stores.VerifyAsync(flipped)).IsOk.ShouldBeFalse($"bit in byte {offset}");
            if (offset < last)
            {
                await Should.ThrowAsync<JournalDamageException>(async () => await Stores.OpenAsync(flipped));
                return;
            }

            await using JournalStore store = await Stores.OpenAsync(flipped, readOnly: true);
            (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(events - 1));
        });
    }

    [Fact]
    public async Task Every_bit_flipped_in_the_store_file_is_refused_and_reported()
    {
        (MemoryFiles files, _) = await Stores.FilledAsync(segments: 1);
        await FlipEveryBitAsync(files, Stores.StoreFileName, files.Read(Stores.StoreFileName).Length, async (offset, flipped) =>
        {
            await Should.ThrowAsync<Kernel.Events.EventStoreException>(async () => await Stores.OpenAsync(flipped));
            (await Stores.VerifyAsync(flipped)).Errors[0].File.ShouldBe(Stores.StoreFileName, $"bit in byte {offset}");
        });
    }

    private static async Task<(JournalStore? Store, JournalDamageException? Damage)> TryOpenAsync(
        JournalOptions options, MemoryFiles files)
    {
        try
        {
            return (await JournalStore.OpenAsync(options, null, files, Cancel), null);
        }
        catch (JournalDamageException damage)
        {
            return (null, damage);
        }
    }

    // The index is not used and not missed.
    private static void ExpectRebuilt(JournalStore store, int number, int start)
    {
        FooterProblem problem = store.Recovery.FooterProblems.ShouldHaveSingleItem();
        problem.Segment.ShouldBe(number);
        problem.Offset.ShouldBe(start);
    }

    // A closed store whose last but one segment has 64 KiB, and the others few, and mostly long frames, so that checking it takes little
    // time.
    private static async Task<(MemoryFiles Files, int Events, int Number)> LargeSegmentAsync()
    {
        const int largeBytes = 68 * 1024;
        MemoryFiles files = new();
        int events = 0;
        await AppendUntilAsync(JournalOptions.SegmentBytesMin, segments: 2);
        await AppendUntilAsync(largeBytes, segments: 3);
        await AppendUntilAsync(JournalOptions.SegmentBytesMin, segments: 4);
        return (files, events, 3);

        async Task AppendUntilAsync(long segmentBytes, int segments)
        {
            await using JournalStore store = await Stores.OpenAsync(files, segmentBytes);
            for (; Stores.Segments(files).Count < segments; events++)
                await Stores.AppendAsync(store, $"{events}", padding: events % 8 == 0 ? events % 97 : 3000);
        }
    }

    private static Task FlipEveryBitAsync(MemoryFiles files, string name, int bytes, Func<int, MemoryFiles, Task> check) =>
        FlipBitsAsync(files, name, Enumerable.Range(0, 8 * bytes), check);

    private static async Task FlipBitsAsync(
        MemoryFiles files, string name, IEnumerable<int> bits, Func<int, MemoryFiles, Task> check)
    {
        byte[] image = files.Read(name);
        foreach (int bit in bits)
        {
            image[bit / 8] ^= (byte)(1 << bit % 8);
            files.Replace(name, image);
            await check(bit / 8, files);
            image[bit / 8] ^= (byte)(1 << bit % 8);
        }

        files.Replace(name, image);
    }

    // The header, every frame, and the end of the last one.
    private static int[] FrameStarts(byte[] image)
    {
        List<int> starts = [0];
        int at = 128;
        while (at + 8 <= image.Length && BitConverter.ToInt32(image, at) is var length and > 0)
        {
            starts.Add(at);
            at += 8 + length;
        }

        starts.Add(at);
        return [.. starts];
    }
}
