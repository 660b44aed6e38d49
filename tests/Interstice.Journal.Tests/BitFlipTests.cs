using Interstice.Journal.Verification;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: no bit of the log can change unnoticed, and what was once durable is never dropped in silence.
// Method: change every bit of a sealed segment, and of the open one, one at a time.
public sealed class BitFlipTests
{
    private const byte AppendKind = 1;
    private const byte FooterKind = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int SegmentBytes => Math.Min(64, 8 * Stores.Scale) * 1024;

    [Fact]
    public async Task Every_bit_flipped_in_a_sealed_segment_is_reported_with_its_position_and_refused()
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments: 3, SegmentBytes);
        string name = Stores.Segments(files)[1];
        byte[] image = files.Read(name);
        int[] frames = FrameStarts(image);

        await FlipEveryBitAsync(files, name, image.Length, async (offset, flipped) =>
        {
            int start = frames.Last(frame => frame <= offset);
            VerificationReport report = await Stores.VerifyAsync(flipped);
            report.Errors.ShouldContain(
                error => error.Segment == 2 && error.Offset == start, $"bit in byte {offset}, frame at {start}");
            report.Errors.ShouldAllBe(error => error.Segment >= 2);

            if (offset % 7 != 0) return;
            bool isFooter = start > 0 && image[start + 8] == FooterKind;
            bool isFrame = start > 0 && image[start + 8] == AppendKind;
            await ExpectAsync(checksFrames: true, opens: isFooter);
            await ExpectAsync(checksFrames: false, opens: isFooter || isFrame);

            async Task ExpectAsync(bool checksFrames, bool opens)
            {
                string why = $"bit in byte {offset}, frame at {start}, checking frames {checksFrames}";
                JournalOptions options = Stores.Options(SegmentBytes, readOnly: true) with { ChecksFramesOnOpen = checksFrames };
                (JournalStore? store, JournalDamageException? damage) = await TryOpenAsync(options, flipped);
                await using JournalStore? opened = store;
                (opened is not null).ShouldBe(opens, why);
                if (isFooter) ExpectRebuilt(opened!, start);
                if (isFooter) (await Stores.TextsAsync(opened!)).ShouldBe(Stores.Numbers(events), why);
                else damage ??= await Should.ThrowAsync<JournalDamageException>(() => Stores.TextsAsync(opened!));
                if (damage is null) return;
                damage.Segment.ShouldBe(2, why);
                damage.Offset.ShouldBe(start, why);
                damage.Expected.ShouldNotBe(damage.Found);
            }
        });
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
    private static void ExpectRebuilt(JournalStore store, int start)
    {
        FooterProblem problem = store.Recovery.FooterProblems.ShouldHaveSingleItem();
        problem.Segment.ShouldBe(2);
        problem.Offset.ShouldBe(start);
    }

    private static async Task FlipEveryBitAsync(
        MemoryFiles files, string name, int bytes, Func<int, MemoryFiles, Task> check)
    {
        byte[] image = files.Read(name);
        for (int bit = 0; bit < 8 * bytes; bit++)
        {
            image[bit / 8] ^= (byte)(1 << bit % 8);
            files.Replace(name, image);
            await check(bit / 8, files);
            image[bit / 8] ^= (byte)(1 << bit % 8);
        }
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
