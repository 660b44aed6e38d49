using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// R3. Goal: a crash in mid-append may cost the append that was not answered, never an earlier one and never half of one.
// Method: stop the last frame of a store at every one of its bytes and open what is left.
public sealed class TornWriteTests
{
    private const int WritableEvery = 101;

    public enum Rest
    {
        CutOff,
        Zeros,
        Stale,
    }

    public static TheoryData<int, Rest> Tears
    {
        get
        {
            TheoryData<int, Rest> tears = [];
            foreach (int size in new[] { 1, 7, 8, 9, 511, 512, 513, 4095, 4096, 65536 })
            {
                tears.Add(size, Rest.CutOff);
                tears.Add(size, Rest.Zeros);
                tears.Add(size, Rest.Stale);
            }

            return tears;
        }
    }

    // Planted bug: the checksums of frames are not looked at.
    [Fact]
    public async Task A_journal_that_skipped_the_checksum_would_be_caught()
    {
        MemoryFiles files = new();
        JournalStore store = await Stores.OpenAsync(files);
        await Stores.AppendAsync(store, "one");
        int start = (int)store.End.Commit;
        await Stores.AppendAsync(store, "two");
        int end = (int)store.End.Commit;
        MemoryFiles whole = files.Copy();
        await store.DisposeAsync();
        string name = Stores.Segments(whole).ShouldHaveSingleItem();
        byte[] image = whole.Read(name);
        int caught = 0;
        for (int cut = start; cut < end; cut++)
        {
            byte[] torn = [.. image];
            torn.AsSpan(cut, end - cut).Clear();
            whole.Replace(name, torn);
            caught += await IsCaughtAsync() ? 1 : 0;
        }

        caught.ShouldBePositive();

        async Task<bool> IsCaughtAsync()
        {
            try
            {
                await using JournalStore reader = await Stores.OpenAsync(new MemoryFilesWithoutChecksums(whole), readOnly: true);
                return !(await Stores.TextsAsync(reader)).SequenceEqual(["one"]);
            }
            catch (EventStoreException)
            {
                return true;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tears))]
    public async Task Recovery_keeps_whole_appends_and_drops_the_torn_one(int size, Rest rest)
    {
        const int SegmentBytes = 128 * 1024;
        MemoryFiles files = new();
        JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        await Stores.AppendAsync(store, "one");
        await Stores.AppendAsync(store, "two");
        int start = (int)store.End.Commit;
        byte[] data = new byte[size];
        Array.Fill(data, (byte)'x');
        EventData last = new(Guid.NewGuid(), "Happened", IsJson: false, data, default);
        await store.AppendAsync(Stores.Stream, ExpectedRevision.Any, new[] { last }, TestContext.Current.CancellationToken);
        int end = (int)store.End.Commit;
        MemoryFiles whole = files.Copy();
        await store.DisposeAsync();
        string name = Stores.Segments(whole).ShouldHaveSingleItem();
        byte[] image = whole.Read(name);

        int cuts = 0;
        for (int cut = start; cut < end; cut++)
        {
            // A large record in a quick run: all of its first and last sectors, and a sample between.
            if (size > 5000 && Stores.Scale == 1 && cut > start + 600 && cut < end - 600 && cut % 37 != 0) continue;
            cuts++;
            byte[] torn = rest == Rest.CutOff ? image[..cut] : image.ToArray();
            if (rest != Rest.CutOff) torn.AsSpan(cut, end - cut).Clear();
            if (rest == Rest.Stale) StaleBytes(image.AsSpan(start, end - start), torn.AsSpan(cut, end - cut));
            whole.Replace(name, torn);
            await using (JournalStore reader = await Stores.OpenAsync(whole, SegmentBytes, readOnly: true))
            {
                (await Stores.TextsAsync(reader)).ShouldBe(["one", "two"], $"cut at {cut - start} of {end - start}");
                (reader.Recovery.TornTail is null).ShouldBe(
                    rest != Rest.Stale && cut == start, $"cut at {cut - start} of {end - start}");
            }

            if ((cut - start) % WritableEvery == 0) await AppendAndReopenAsync(whole.Copy());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R3: {cuts} cuts of {end - start} bytes");
        cuts.ShouldBeGreaterThanOrEqualTo(Math.Min(end - start, 2500));

        async Task AppendAndReopenAsync(MemoryFiles torn)
        {
            await using (JournalStore writer = await Stores.OpenAsync(torn, SegmentBytes))
                await Stores.AppendAsync(writer, "three");
            await using JournalStore reopened = await Stores.OpenAsync(torn, SegmentBytes);
            (await Stores.TextsAsync(reopened)).ShouldBe(["one", "two", "three"]);
            reopened.Recovery.WasClosedInOrder.ShouldBeTrue();
            reopened.Recovery.TornTail.ShouldBeNull();
            (await Stores.VerifyAsync(torn)).Errors.ShouldBeEmpty();
        }
    }

    // What an older use of the same blocks could have left: the frame itself, one byte out of place.
    private static void StaleBytes(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = frame[(i + 1) % frame.Length];
        if (destination.Length > 0) destination[0] |= 1;
    }
}
