using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Devices;

namespace Interstice.Journal.Tests;

// R7. Goal: a device that is really full costs the appends that it has no room for; what is there is read, and appends go on when there is
// room again, without opening the store again.
// Method: on a small memory file system, another file takes all that is left, again and again.
public sealed class FullDeviceTests
{
    private const int SegmentBytes = 64 << 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_device_reads_are_served_and_appends_resume_when_space_returns()
    {
        using SmallDevice device = await SmallDevice.MountAsync(megabytes: 8);
        var share = new TimeShare("times full", 20, 30);
        string filler = Path.Join(device.Path, "filler");
        JournalOptions options = new() { Directory = Path.Join(device.Path, "store"), SegmentBytes = SegmentBytes };
        List<string> texts = [];
        await using (JournalStore store = await JournalStore.OpenAsync(options, cancellationToken: Cancel))
            for (; share.HasMore && texts.Count < 20_000; share.Add(1)) await FillOnceAsync(store, texts, filler);

        await using JournalStore reopened = await JournalStore.OpenAsync(
            options with { ChecksFramesOnOpen = true }, cancellationToken: Cancel);
        reopened.Recovery.TornTail.ShouldBeNull();
        (await Stores.TextsAsync(reopened)).ShouldBe(texts);
        share.End($"R7, {texts.Count} events in the end");
    }

    // The planted bug: what has no room is acknowledged, since the failure does not reach the journal.
    [Fact]
    public async Task A_journal_that_acknowledges_what_a_full_device_did_not_take_is_caught()
    {
        using SmallDevice device = await SmallDevice.MountAsync(megabytes: 8);
        string filler = Path.Join(device.Path, "filler");
        JournalOptions options = new() { Directory = Path.Join(device.Path, "store"), SegmentBytes = SegmentBytes };
        Exception? caught = await Record.ExceptionAsync(async () =>
        {
            List<string> texts = [];
            await using JournalStore store = await JournalStore.OpenAsync(
                options, null, new FilesThatHideAFullDevice(new DirectoryFiles(options.Directory)), Cancel);
            await FillOnceAsync(store, texts, filler);
        });
        (caught is ShouldAssertException or EventStoreException { Kind: EventStoreErrorKind.Damaged or EventStoreErrorKind.Unavailable })
            .ShouldBeTrue($"{caught}");
    }

    // The device is filled, appends are refused, reads go on; space comes back, appends go on.
    private static async Task FillOnceAsync(JournalStore store, List<string> texts, string filler)
    {
        Fill(filler);
        EventStoreException full = await AppendUntilRefusedAsync(store, texts);
        full.Kind.ShouldBe(EventStoreErrorKind.Full, full.Message);
        full.Message.ShouldContain("the device is full; free some space");
        (await Stores.TextsAsync(store)).ShouldBe(texts);
        File.Delete(filler);
        for (int i = 0; i < 3; i++) await AppendAsync(store, texts);
        (await Stores.TextsAsync(store)).ShouldBe(texts);
    }

    private static void Fill(string path)
    {
        byte[] block = new byte[4096];
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static async Task<EventStoreException> AppendUntilRefusedAsync(JournalStore store, List<string> texts)
    {
        for (int acknowledged = 0; ; acknowledged++)
        {
            // What is left of the segments that are there takes some, a full device no more than that.
            acknowledged.ShouldBeLessThan(4 * SegmentBytes / 2000, "appends that were acknowledged on a full device");
            try
            {
                await AppendAsync(store, texts);
            }
            catch (EventStoreException e)
            {
                return e;
            }
        }
    }

    private static async Task AppendAsync(JournalStore store, List<string> texts)
    {
        string text = $"{texts.Count}";
        await Stores.AppendAsync(store, text, padding: 2000);
        texts.Add(text);
    }
}
