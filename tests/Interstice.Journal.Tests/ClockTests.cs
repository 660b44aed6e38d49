using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: order is that of positions, whatever the clock says; the time of an event is what the clock said.
// Method: append over several rotations in runs between which the clock is set back by years, stands still, or jumps ahead.
public sealed class ClockTests
{
    [Fact]
    public async Task A_clock_set_back_between_runs_changes_no_order_and_times_are_what_it_said()
    {
        int[] years = [0, -10, -10, 30, -1];
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        MemoryFiles files = new();
        List<string> texts = [];
        List<DateTimeOffset> times = [];
        foreach (int year in years)
        {
            ManualTime time = new() { Now = start.AddYears(year) };
            await using JournalStore store = await JournalStore.OpenAsync(Stores.Options(), time, files);
            (await Stores.TextsAsync(store)).ShouldBe(texts);
            for (int i = 0; i < 40; i++)
            {
                await Stores.AppendAsync(store, $"{texts.Count}", padding: 100);
                texts.Add($"{texts.Count}");
                times.Add(time.Now);
            }
        }

        Stores.Segments(files).Count.ShouldBeGreaterThan(5);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        foreach (bool checksFrames in new[] { false, true })
        {
            await using JournalStore store = await JournalStore.OpenAsync(
                Stores.Options(readOnly: true) with { ChecksFramesOnOpen = checksFrames }, null, files);
            List<(string, DateTimeOffset, Position)> all = [];
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                ReadDirection.Forwards, Position.Start, new EventFilter.All()))
                foreach (RecordedEvent recorded in batch.ToArray())
                    all.Add((RecordedCopy.Of(recorded).Text, DateTimeOffset.UnixEpoch.AddMicroseconds(recorded.CreatedUs), recorded.Position));
            all.Select(entry => entry.Item1).ShouldBe(texts);
            all.Select(entry => entry.Item2).ShouldBe(times);
            all.Select(entry => entry.Item3.Commit).ShouldBeInOrder();
        }
    }
}
