using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: a directory that was copied file by file while a writer worked opens at a border between two appends, or is refused with a
// sentence; it never shows half an append, or a gap.
// Method: on real files, one writer of pairs over small segments; the files are copied in both orders, in small pieces.
public sealed class CopiedDirectoryTests
{
    private const int PieceBytes = 512;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_directory_copied_while_it_is_written_opens_at_a_committed_point_or_is_refused_with_a_sentence()
    {
        var share = new TimeShare("copies", 40, 20);
        using TemporaryDirectory place = new();
        string path = Path.Join(place.Path, "store");
        JournalOptions options = new() { Directory = path, SegmentBytes = 16 << 10 };
        await using JournalStore store = await JournalStore.OpenAsync(options, cancellationToken: Cancel);
        int opened = 0, refused = 0;
        for (int pairs = 0; share.HasMore; share.Add(1))
        {
            using CancellationTokenSource stop = new();
            TaskCompletionSource begun = new();
            Task<int> writer = Task.Run(() => WriteAsync(store, pairs, begun, stop.Token));
            await begun.Task;
            string copy = Path.Join(place.Path, $"copy-{share.Count}");
            await CopyAsync(path, copy, isReversed: share.Count % 2 == 1);
            await stop.CancelAsync();
            pairs = await writer;
            if (await IsOpenedAsync(copy, share.Count)) opened++;
            else refused++;
            Directory.Delete(copy, recursive: true);
        }

        share.End($"{opened} opened, {refused} refused");
        opened.ShouldBePositive();
    }

    // Copies of whole files from two moments, each with each: what cannot have been there at once is refused, and changed by nobody.
    [Fact]
    public async Task Files_of_two_moments_are_refused_unless_they_are_a_prefix_of_the_log()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        int count = 0;
        for (; Stores.Segments(files).Count < 3; count++) await Stores.AppendAsync(store, $"{count}", padding: 60);
        MemoryFiles early = files.Copy();
        for (; Stores.Segments(files).Count < 6; count++) await Stores.AppendAsync(store, $"{count}", padding: 60);
        MemoryFiles late = files.Copy();
        List<string> names = Stores.Segments(late);
        int refused = 0, opened = 0;
        for (int choice = 0; choice < 3 << (names.Count - 1); choice++)
        {
            // Of each segment: as it was early, where it was there; else left out or as it was late.
            MemoryFiles mixed = new();
            mixed.Replace(Stores.StoreFileName, late.Read(Stores.StoreFileName));
            for (int i = 0; i < names.Count; i++)
            {
                if ((choice >> i & 1) == 1) mixed.Replace(names[i], late.Read(names[i]));
                else if (i < 3 && early.List().Contains(names[i])) mixed.Replace(names[i], early.Read(names[i]));
            }

            byte[][] images = [.. Stores.Segments(mixed).Select(mixed.Read)];
            try
            {
                await using JournalStore copy = await JournalStore.OpenAsync(
                    Stores.Options() with { ChecksFramesOnOpen = true }, null, mixed, Cancel);
                (await Stores.TextsAsync(copy)).ShouldBe(Stores.Numbers((int)copy.Recovery.Events), $"choice {choice}");
                opened++;
            }
            catch (JournalDamageException e)
            {
                e.Message.ShouldContain(".segment");
                Stores.Segments(mixed).Select(mixed.Read).ShouldBe(images, $"choice {choice}");
                (await Stores.VerifyAsync(mixed)).Errors.ShouldNotBeEmpty($"choice {choice}");
                refused++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{opened} opened, {refused} refused");
        opened.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(opened);
    }

    private static async Task<int> WriteAsync(JournalStore store, int from, TaskCompletionSource begun, CancellationToken stop)
    {
        int pair = from;
        for (; !stop.IsCancellationRequested; pair++)
        {
            string text = pair.ToString(CultureInfo.InvariantCulture);
            EventData[] both = [Stores.Event(text, padding: 100), Stores.Event(text + "+", padding: 10)];
            (await store.AppendAsync(Stores.Stream, ExpectedRevision.Any, both, Cancel)).ShouldBeOfType<AppendResult.Appended>();
            if (pair == from + 3) begun.TrySetResult();
        }

        return pair;
    }

    private static async Task CopyAsync(string from, string to, bool isReversed)
    {
        Directory.CreateDirectory(to);
        IEnumerable<string> names = Directory.GetFiles(from).Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal);
        DirectoryFiles source = new(from);
        byte[] piece = new byte[PieceBytes];
        foreach (string name in isReversed ? names.Reverse() : names)
        {
            if (!name.EndsWith(".segment", StringComparison.Ordinal) && name != Stores.StoreFileName) continue;
            using IJournalFile file = source.Open(name, JournalFileMode.Read);
            await using FileStream copy = File.Create(Path.Join(to, name));
            for (long at = 0; file.ReadAt(piece, at) is var read and > 0; at += read) await copy.WriteAsync(piece.AsMemory(0, read), Cancel);
        }
    }

    private static async Task<bool> IsOpenedAsync(string path, int count)
    {
        try
        {
            await using JournalStore store = await JournalStore.OpenAsync(
                new JournalOptions { Directory = path, SegmentBytes = 16 << 10, ChecksFramesOnOpen = true }, cancellationToken: Cancel);
            await Workload.CheckTextsAsync(store, $"copy {count}");
            return true;
        }
        catch (EventStoreException e)
        {
            (e.Kind is EventStoreErrorKind.Damaged or EventStoreErrorKind.UnknownFormat).ShouldBeTrue($"{e.Kind}: {e.Message}");
            e.Message.ShouldContain(path);
            return false;
        }
    }
}
