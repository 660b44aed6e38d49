using System.Globalization;
using Interstice.Journal.Scavenging;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Scavenging;

// The random histories, and everything that can be read of a store.
public sealed partial class JournalScavengerTests
{
    // With an exact expectation: those without are remembered for their repetition, and so do not go.
    private static async Task AppendAtAsync(JournalStore store, long revision, int padding) =>
        (await store.AppendAsync(
            Stores.Stream, ExpectedRevision.At(new Revision(revision - 1)), new[] { Stores.Event($"{revision}", padding) }, Cancel))
        .ShouldBeOfType<AppendResult.Appended>();

    private static ValueTask<JournalStore> OpenAsync(MemoryFiles files, TimeProvider time) =>
        JournalStore.OpenAsync(Stores.Options(), time, files, Cancel);

    private static Task<ScavengeReport> RunAsync(MemoryFiles files, MemoryFiles backup) =>
        JournalScavenger.RunAsync(files, backup, 0, null, Cancel);

    private static async Task<Exception?> FailureAsync(MemoryFiles files, MemoryFiles backup)
    {
        try
        {
            await RunAsync(files, backup);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    // Streams with settings of every kind, one with none, one that replay reads; appends over one to three of them.
    private static async Task FillAsync(JournalStore store, Random random, ManualTime time, int appends)
    {
        StreamName[] streams = [Module, .. Enumerable.Range(0, 6).Select(i => new StreamName($"s{i}"))];
        for (int i = 0; i < appends; i++)
        {
            time.Now += TimeSpan.FromSeconds(random.Next(20));
            StreamAppend[] many =
            [
                .. streams.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select(stream => new StreamAppend(
                    stream, random.Next(8) == 0 ? ExpectedRevision.Any : ExpectedRevision.At(LastOf(store, stream)),
                    Enumerable.Range(0, random.Next(1, 4)).Select(n => Stores.Event($"{i}.{n}", random.Next(80))).ToArray())),
            ];
            (await store.AppendAsync(many, Cancel)).ShouldAllBe(result => result is AppendResult.Appended);
            if (random.Next(12) != 0) continue;
            StreamName set = streams[random.Next(1, streams.Length - 1)];
            long last = LastOf(store, set).Value;
            if (random.Next(6) == 0)
            {
                await store.DeleteAsync(set, ExpectedRevision.Any, DeletionKind.Soft, Cancel);
                continue;
            }

            await store.SetMetadataAsync(set, ExpectedRevision.Any, random.Next(5) switch
            {
                0 => new StreamMetadata(new Revision(Math.Max(0, last - random.Next(5)))),
                1 => new StreamMetadata(new Revision(long.MaxValue)),
                2 => new StreamMetadata(MaxCount: random.Next(1, 10)),
                3 => new StreamMetadata(MaxAge: TimeSpan.FromSeconds(random.Next(1, 300))),
                _ => new StreamMetadata(new Revision(Math.Max(0, last)), random.Next(1, 20), TimeSpan.FromSeconds(random.Next(1, 500))),
            }, Cancel);
        }
    }

    private static Revision LastOf(JournalStore store, StreamName stream)
    {
        ValueTask<Revision> last = store.GetLastRevisionAsync(stream, Cancel);
        return last.IsCompletedSuccessfully ? last.Result : throw new InvalidOperationException("the journal knows revisions at once");
    }

    // Six segments and more of one stream, most of it truncated, beside one that replay reads.
    private static async Task<MemoryFiles> TruncatedAsync()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        int i = 0;
        for (; Stores.Segments(files).Count < 8; i++)
        {
            await AppendAtAsync(store, i, 60);
            if (i % 6 == 0) await store.AppendAsync(Module, ExpectedRevision.Any, new[] { Stores.Event($"module {i}", 40) }, Cancel);
        }

        await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(new Revision(i - 20)), Cancel);
        await Stores.AppendAsync(store, "newest");
        return files;
    }

    // What settings let be read of each stream, forwards and backwards, with positions; and where each goes on.
    private static async Task<List<string>> VisibleAsync(MemoryFiles files, TimeProvider time)
    {
        List<string> lines = [];
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options(readOnly: true) with { ChecksFramesOnOpen = true }, time, files, Cancel);
        string[] names = [Module.Value, .. Enumerable.Range(0, 6).Select(i => $"s{i}"), .. Enumerable.Range(0, 6).Select(i => $"$$s{i}")];
        foreach (string name in names)
        {
            lines.Add($"{name}, last {(await store.GetLastRevisionAsync(new StreamName(name), Cancel)).Value}");
            if (!name.StartsWith('$')) lines.Add($"{await store.GetMetadataAsync(new StreamName(name), Cancel)}");
            foreach (ReadDirection direction in new[] { ReadDirection.Forwards, ReadDirection.Backwards })
            {
                Revision from = direction == ReadDirection.Forwards ? Revision.First : Revision.End;
                await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(new StreamName(name), direction, from, cancellationToken: Cancel))
                    foreach (RecordedEvent recorded in batch.ToArray())
                        lines.Add(string.Create(CultureInfo.InvariantCulture,
                            $"{recorded.Revision.Value} {recorded.Position.Commit} {recorded.Id} {RecordedCopy.Of(recorded).Text}"));
            }
        }

        return lines;
    }

    private static async Task<long> BytesAsync(MemoryFiles files)
    {
        await using JournalStore store = await Stores.OpenAsync(files, readOnly: true);
        return store.Recovery.Bytes;
    }

    private static async Task<List<string>> TextsAsync(MemoryFiles files)
    {
        await using JournalStore store = await Stores.OpenAsync(files, readOnly: true);
        return await Stores.TextsAsync(store);
    }

    private static byte[][] Images(MemoryFiles files) => [.. Stores.Segments(files).Select(files.Read)];
}
