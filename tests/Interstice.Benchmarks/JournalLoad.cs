using Interstice.Journal;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>A journal in a folder of its own, and writers that append one event at a time, each to a stream of its own.</summary>
internal sealed class JournalLoad : IAsyncDisposable
{
    // So that segments have their full size.
    private const long WarmUpBytes = 160 << 20;

    private readonly JournalStore _journal;
    private readonly byte[] _payload;
    private int _streams;

    private JournalLoad(string directory, JournalStore journal, byte[] payload)
    {
        Directory = directory;
        _journal = journal;
        _payload = payload;
    }

    public string Directory { get; }

    /// <summary>What one append takes in the log.</summary>
    public int BytesPerAppend { get; private set; }

    /// <summary>Makes the journal and brings it to size.</summary>
    /// <param name="payload">Of each event.</param>
    /// <param name="files">Gives other files to the directory than the journal would use; null for those.</param>
    public static async Task<JournalLoad> CreateAsync(byte[] payload, Func<string, IJournalFiles>? files = null)
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("interstice-commit-").FullName;
        JournalStore journal = await JournalStore.OpenAsync(
            new JournalOptions { Directory = directory }, files: files?.Invoke(directory));
        JournalLoad load = new(directory, journal, payload);
        while ((long)journal.End.Commit < WarmUpBytes) await load.PerSecondAsync(new Load(256, 1), 0.05);
        load.InlinePerSecond(0.05);
        ulong before = journal.End.Commit;
        load.Append(100);
        load.BytesPerAppend = (int)((journal.End.Commit - before) / 100);
        return load;
    }

    /// <summary>Appends for a time and counts the events that are durable.</summary>
    public async Task<double> PerSecondAsync(Load load, double seconds)
    {
        long deadline = TimeProvider.System.GetTimestamp() + (long)(seconds * TimeProvider.System.TimestampFrequency);
        long started = TimeProvider.System.GetTimestamp();
        long[] counts = await Task.WhenAll(Enumerable.Range(0, load.Clients).Select(_ => Task.Run(() => RunAsync(load.Pipelined, deadline))));
        return counts.Sum() / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>One writer that appends on its own thread.</summary>
    public double InlinePerSecond(double seconds)
    {
        long started = TimeProvider.System.GetTimestamp();
        StreamName stream = NextStream();
        long count = 0;
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds)
            Expect(_journal.Append(stream, ExpectedRevision.At(new Revision(count++ - 1)), One()));
        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task<long> RunAsync(int pipelined, long deadline)
    {
        StreamName stream = NextStream();
        var running = new Task<AppendResult>[pipelined];
        long count = 0;
        while (TimeProvider.System.GetTimestamp() < deadline)
        {
            if (pipelined == 1)
            {
                Expect(await _journal.AppendAsync(stream, ExpectedRevision.At(new Revision(count++ - 1)), One()));
                continue;
            }

            for (int i = 0; i < pipelined; i++)
                running[i] = _journal.AppendAsync(stream, ExpectedRevision.At(new Revision(count++ - 1)), One()).AsTask();
            foreach (AppendResult result in await Task.WhenAll(running)) Expect(result);
        }

        return count;
    }

    private void Append(int count)
    {
        StreamName stream = NextStream();
        for (int i = 0; i < count; i++) Expect(_journal.Append(stream, ExpectedRevision.At(new Revision(i - 1)), One()));
    }

    private StreamName NextStream() => new($"writer-{Interlocked.Increment(ref _streams)}");

    private EventData[] One() => [new(Guid.NewGuid(), "Benchmarked", IsJson: false, _payload, default)];

    private static void Expect(AppendResult result)
    {
        if (result is not AppendResult.Appended) throw new InvalidOperationException($"an append failed: {result}");
    }
}
