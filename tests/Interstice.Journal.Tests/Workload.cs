using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>Appends pairs of events, several appends in flight, until all are written or one fails; and checks what a store holds
/// after that.</summary>
internal sealed class Workload(MemoryFiles files, int appends, int inFlight, int padding)
{
    /// <summary>How many appends have been answered as written.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>The failure that ended it, null if nothing failed.</summary>
    public EventStoreException? Failure { get; private set; }

    /// <summary>Opens the store and appends.</summary>
    /// <param name="through">The same files behind something; null for the files themselves.</param>
    public async Task RunAsync(IJournalFiles? through = null)
    {
        Failure = null;
        JournalStore store;
        try
        {
            store = await Stores.OpenAsync(through ?? files);
        }
        catch (EventStoreException e) when (e is not JournalDamageException)
        {
            Failure = e;
            return;
        }

        // What an opening shows is durable from then on.
        int next = await CheckTextsAsync(store, "opened again");
        next.ShouldBeGreaterThanOrEqualTo(Acknowledged);
        Acknowledged = next;
        while (next < appends && Failure is null)
        {
            int count = Math.Min(inFlight, appends - next);
            List<Task<AppendResult>> running = [.. Enumerable.Range(next, count).Select(i => AppendAsync(store, i))];
            next += count;
            foreach (Task<AppendResult> append in running) await NoteAsync(append);
        }

        if (Failure?.Kind is EventStoreErrorKind.Unknown or EventStoreErrorKind.Unavailable) await ExpectPoisonedAsync(store, next);
        await store.DisposeAsync();
    }

    /// <summary>Opens what is left: every acknowledged pair is there, in order, and whatever follows is whole pairs of the same order;
    /// the store takes more and verifies.</summary>
    public async Task CheckAsync(string why)
    {
        files.Faults = FaultPlan.None;
        int held;
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            held = await CheckTextsAsync(store, why);
            held.ShouldBeGreaterThanOrEqualTo(Acknowledged, why);
            (await AppendAsync(store, held)).ShouldBeOfType<AppendResult.Appended>(why);
        }

        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            (await CheckTextsAsync(store, why)).ShouldBe(held + 1, why);
            store.Recovery.WasClosedInOrder.ShouldBeTrue(why);
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty(why);
        Acknowledged = held + 1;
    }

    /// <summary>Expects whole pairs in order, from the first on.</summary>
    /// <returns>How many there are.</returns>
    public static async Task<int> CheckTextsAsync(JournalStore store, string why)
    {
        List<string> texts = await Stores.TextsAsync(store);
        (texts.Count % 2).ShouldBe(0, why);
        texts.ShouldBe(Enumerable.Range(0, texts.Count / 2).SelectMany(Pair), why);
        return texts.Count / 2;
    }

    private static IEnumerable<string> Pair(int i)
    {
        string text = i.ToString(CultureInfo.InvariantCulture);
        return [text, text + "+"];
    }

    private Task<AppendResult> AppendAsync(JournalStore store, int i)
    {
        EventData[] pair = [.. Pair(i).Select(text => Stores.Event(text, padding))];
        return store.AppendAsync(Stores.Stream, ExpectedRevision.At(new Revision(2 * i - 1)), pair).AsTask();
    }

    private async Task NoteAsync(Task<AppendResult> append)
    {
        try
        {
            AppendResult result = await append;
            if (result is AppendResult.Appended)
            {
                if (Failure is { Kind: EventStoreErrorKind.Unknown })
                    throw new InvalidOperationException("an append was acknowledged after one before it had failed");
                Acknowledged++;
            }
            else if (Failure is null)
            {
                throw new InvalidOperationException($"an append in order was refused: {result}");
            }
        }
        catch (EventStoreException e)
        {
            Failure ??= e;
        }
    }

    private static async Task ExpectPoisonedAsync(JournalStore store, int next)
    {
        EventStoreException e = await Should.ThrowAsync<EventStoreException>(async () => await store.AppendAsync(
            Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event($"after {next}") }));
        e.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        await Stores.TextsAsync(store); // what is durable can still be read
    }
}
