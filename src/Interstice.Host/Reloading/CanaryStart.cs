using Interstice.Kernel.Events;

namespace Interstice.Host.Reloading;

/// <summary>Finds where the last calls of a module begin.</summary>
internal static class CanaryStart
{
    /// <summary>Reads backwards.</summary>
    /// <param name="store">The store.</param>
    /// <param name="module">The module.</param>
    /// <param name="calls">How many calls, 1 or more.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The first revision of the first of them; the first revision of all when there are not as many.</returns>
    public static async Task<Revision> FindAsync(IEventStore store, string module, long calls, CancellationToken cancellationToken)
    {
        if (calls == long.MaxValue) return Revision.First;
        Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), cancellationToken).ConfigureAwait(false);
        if (last < Revision.First) return Revision.First;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(StreamNames.Module(module), ReadDirection.Backwards, last, long.MaxValue, cancellationToken)
            .ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                Guid id = batch.Span[i].Id;
                if (!EventTypes.IsOfTransaction(batch.Span[i].Type)) continue;
                TransactionId.OfEvent(id, out int index);
                if (index == 0 && --calls == 0) return batch.Span[i].Revision;
            }
        }

        return Revision.First;
    }
}
