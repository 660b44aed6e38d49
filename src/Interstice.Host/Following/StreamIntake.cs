using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Following;

/// <summary>Brings what was read of a module's stream to its loop. Where a build was published, its code is looked for first, so that the
/// loop swaps it at its revision.</summary>
/// <param name="loop">The loop.</param>
/// <param name="find">Looks for code.</param>
internal sealed class StreamIntake(ModuleLoop loop, BuildFinder find)
{
    /// <summary>Brings the next events.</summary>
    /// <param name="batch">The events; borrowed until the task has ended. Known ones are passed over.</param>
    /// <param name="cancellationToken">Stops between two publications.</param>
    /// <exception cref="ReplayException">They cannot be replayed.</exception>
    /// <exception cref="EventStoreException">Code could not be read; what was before its publication is applied.</exception>
    public async Task AdoptAsync(ReadOnlyMemory<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        while (batch.Length > 0)
        {
            int before = CountToPublication(batch.Span);
            if (before > 0)
            {
                ReadOnlyMemory<RecordedEvent> part = batch[..before];
                await loop.OnLoopAsync(() => loop.Adopt(part, null)).ConfigureAwait(false);
                batch = batch[before..];
                continue;
            }

            BuildSearch? build = await FindAsync(batch.Span[0], cancellationToken).ConfigureAwait(false);
            ReadOnlyMemory<RecordedEvent> publication = batch[..1];
            await loop.OnLoopAsync(() => loop.Adopt(publication, build)).ConfigureAwait(false);
            batch = batch[1..];
        }
    }

    private async Task<BuildSearch?> FindAsync(RecordedEvent publication, CancellationToken cancellationToken)
    {
        Revision known = await loop.OnLoopAsync(() => loop.Projection.Revision).ConfigureAwait(false);
        if (publication.Revision <= known) return null;
        ModulePublished published;
        try
        {
            published = ModulePublished.Read(publication.Data.Span);
        }
        catch (EventFormatException fault)
        {
            // The projection reports it, with its place.
            return new BuildSearch.Refused(fault.Message);
        }

        return await find(published, cancellationToken).ConfigureAwait(false);
    }

    private static int CountToPublication(ReadOnlySpan<RecordedEvent> batch)
    {
        for (int i = 0; i < batch.Length; i++)
            if (batch[i].Type == EventTypes.ModulePublished) return i;
        return batch.Length;
    }
}
