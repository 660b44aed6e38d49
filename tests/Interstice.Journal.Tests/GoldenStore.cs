using System.Text;
using Interstice.Journal.Files;
using Interstice.Journal.Scavenging;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A small store with something of everything that the format has, always made in the same way.</summary>
internal static class GoldenStore
{
    public static readonly StreamName Accounts = new("interstice-bank");
    public static readonly StreamName Odd = new("ünïcödé ✓/\\");

    /// <summary>What was appended, in log order, but for the settings of streams.</summary>
    public static IReadOnlyList<RecordedCopy> Expected { get; } = MakeExpected();

    /// <summary>Makes the store: two segments, the first one sealed, closed in order.</summary>
    public static async Task CreateAsync(IJournalFiles files)
    {
        JournalOptions options = new() { Directory = files.Directory, SegmentBytes = JournalOptions.SegmentBytesMin };
        ManualTime time = new();
        await using JournalStore store = await JournalStore.OpenAsync(options, time, files);
        for (int i = 0; i < Expected.Count;)
        {
            time.Now += TimeSpan.FromSeconds(1);
            int count = CountOf(i);
            StreamName stream = Expected[i].Stream;
            EventData[] events = [.. Expected.Skip(i).Take(count).Select(ToData)];
            ExpectedRevision expected =
                stream == Odd ? ExpectedRevision.Any : ExpectedRevision.At(new Revision(Expected[i].Revision.Value - 1));
            if (i == 10)
            {
                StreamAppend[] both =
                [
                    new(stream, expected, events),
                    new(Odd, ExpectedRevision.StreamExists, new[] { ToData(Expected[i + count]) }),
                ];
                await store.AppendAsync(both);
                i += count + 1;
                await store.SetMetadataAsync(Odd, ExpectedRevision.Any, new StreamMetadata(new Revision(1), 1000, TimeSpan.FromDays(365_000)));
                continue;
            }

            await store.AppendAsync(stream, expected, events);
            i += count;
        }
    }

    /// <summary>Makes a store that has what version 4 came with: settings with properties, a deleted stream, one that was brought back, and one
    /// that is closed for ever. Two segments, closed in order.</summary>
    public static async Task CreateWithDeletionsAsync(IJournalFiles files)
    {
        JournalOptions options = new() { Directory = files.Directory, SegmentBytes = JournalOptions.SegmentBytesMin };
        await using JournalStore store = await JournalStore.OpenAsync(options, new ManualTime(), files);
        foreach (RecordedCopy copy in Expected.Take(15)) await store.AppendAsync(copy.Stream, ExpectedRevision.Any, new[] { ToData(copy) });
        foreach (string name in new[] { "deleted", "back", "closed" })
        {
            StreamName stream = new(name);
            await store.AppendAsync(stream, ExpectedRevision.NoStream, new[] { ToData(Expected[15]) });
            DeletionKind kind = name == "closed" ? DeletionKind.Tombstone : DeletionKind.Soft;
            await store.SetMetadataAsync(stream, ExpectedRevision.NoStream, WithProperties);
            await store.DeleteAsync(stream, ExpectedRevision.StreamExists, kind);
            if (name == "back") await store.AppendAsync(stream, ExpectedRevision.NoStream, new[] { ToData(Expected[16]) });
        }
    }

    /// <summary>Makes a store that was scavenged: three segments, of which the first has holes and an index.</summary>
    public static async Task CreateScavengedAsync(IJournalFiles files)
    {
        JournalOptions options = new() { Directory = files.Directory, SegmentBytes = JournalOptions.SegmentBytesMin };
        ManualTime time = new();
        await using (JournalStore store = await JournalStore.OpenAsync(options, time, files))
        {
            for (int i = 0; i < ScavengedAppends; i++)
            {
                StreamName stream = i % 9 == 4 ? Accounts : Odd;
                await store.AppendAsync(stream, ExpectedRevision.At(await store.GetLastRevisionAsync(stream)), new[] { ToData(Expected[i % 60]) });
            }

            await store.SetMetadataAsync(Odd, ExpectedRevision.Any, new StreamMetadata(new Revision(ScavengedFirst)));
        }

        await JournalScavenger.RunAsync(files, new MemoryFiles(), 0, time);
    }

    /// <summary>How many appends that store took.</summary>
    public const int ScavengedAppends = 110;

    /// <summary>The first revision of <see cref="Odd"/> that is not hidden there.</summary>
    public const long ScavengedFirst = 90;

    /// <summary>The settings of its streams.</summary>
    public static StreamMetadata WithProperties { get; } = new(MaxCount: 9, Properties: """{"$acl":{"$r":"ünï"},"mine":[1,null]}""");

    public static EventData ToData(RecordedCopy copy) => new(copy.Id, copy.Type, copy.IsJson,
        Encoding.UTF8.GetBytes(copy.Text), Encoding.UTF8.GetBytes(copy.MetadataText));

    private static int CountOf(int index) => index < 10 ? 5 : 2;

    private static List<RecordedCopy> MakeExpected()
    {
        List<RecordedCopy> copies = [];
        long accounts = 0;
        long odd = 0;
        for (int i = 0; i < 67; i++)
        {
            bool isOdd = i is >= 5 and < 10 or 12;
            uint index = unchecked(0xffff_fffe + (uint)(i % 5));
            copies.Add(new RecordedCopy(
                new Guid((uint)(i / 5), 2, 3, 4, 5, 6, 7, (byte)(index >> 24), (byte)(index >> 16), (byte)(index >> 8), (byte)index),
                isOdd ? Odd : Accounts,
                new Revision(isOdd ? odd++ : accounts++),
                Position.Start,
                0,
                i % 7 == 3 ? new string('T', 255) : i % 3 == 0 ? "RowInserted" : "RowUpdated",
                IsJson: i % 4 == 1,
                Text: i % 6 == 5 ? string.Empty : $"{{\"event\":{i}}}",
                MetadataText: i % 5 == 0 ? $"metadata of {i}" : string.Empty));
        }

        return copies;
    }
}
