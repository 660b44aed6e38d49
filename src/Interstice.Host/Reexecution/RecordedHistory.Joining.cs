using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <content>The tables of the other modules of a call.</content>
public sealed partial class RecordedHistory
{
    /// <summary>Position of the last event of a module; before everything where there is none.</summary>
    internal Position FindEnd(string module, CancellationToken cancellationToken) =>
        FindEndAsync(module, cancellationToken).GetAwaiter().GetResult();

    private async Task<Position> FindEndAsync(string module, CancellationToken cancellationToken)
    {
        Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), cancellationToken).ConfigureAwait(false);
        if (last < Revision.First) return Position.Start;
        return await ReadOneAsync(module, last, cancellationToken).ConfigureAwait(false) is { } recorded ? recorded.Position : Position.Start;
    }

    private async Task<ModuleProjection?> TryProjectBeforeAsync(
        string module, Position at, TransactionId? transaction, CancellationToken cancellationToken)
    {
        Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), cancellationToken).ConfigureAwait(false);
        if (last < Revision.First) return null;
        Revision before = await FindBeforeAsync(module, at, last, cancellationToken).ConfigureAwait(false);
        if (transaction is { } made) before = await GoBackAsync(module, made, before, cancellationToken).ConfigureAwait(false);
        return await ProjectAsync(module, before.Next, null, cancellationToken).ConfigureAwait(false);
    }

    // Positions grow with revisions: half of what is left is ruled out with each event that is looked at.
    private async Task<Revision> FindBeforeAsync(string module, Position at, Revision last, CancellationToken cancellationToken)
    {
        (long low, long high) = (Revision.None.Value, last.Value);
        while (low < high)
        {
            long middle = low + ((high - low + 1) / 2);
            RecordedEvent? found = await ReadOneAsync(module, new(middle), cancellationToken).ConfigureAwait(false);
            if (found is { } recorded && recorded.Position >= at) high = middle - 1;
            else low = middle;
        }

        return new(low);
    }

    private async Task<Revision> GoBackAsync(string module, TransactionId transaction, Revision from, CancellationToken cancellationToken)
    {
        Revision before = from;
        while (before >= Revision.First
            && await ReadOneAsync(module, before, cancellationToken).ConfigureAwait(false) is { } recorded
            && TransactionId.OfEvent(recorded.Id, out _) == transaction)
        {
            before += -1;
        }

        return before;
    }

    private async Task<RecordedEvent?> ReadOneAsync(string module, Revision revision, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(StreamNames.Module(module), ReadDirection.Forwards, revision, 1, cancellationToken)
            .ConfigureAwait(false))
        {
            if (batch.Length > 0) return batch.Span[0];
        }

        return null;
    }
}
