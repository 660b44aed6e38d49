using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Following;

/// <summary>Follows a module's stream by a catch-up subscription, for a host that does not own it.</summary>
/// <remarks>A subscription that breaks is resumed from where the tables stand, after pauses that double from
/// <see cref="OwnershipClaim.PauseMin"/> to <see cref="OwnershipClaim.PauseMax"/>.</remarks>
/// <param name="loop">The module's loop, with nothing in flight.</param>
/// <param name="store">The store.</param>
/// <param name="intake">Takes what is read.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class StreamFeed(ModuleLoop loop, IEventStore store, StreamIntake intake, TimeProvider time)
{
    private TimeSpan _pause;

    /// <summary>Follows.</summary>
    /// <param name="cancellationToken">Ends it, with <see cref="OperationCanceledException"/>.</param>
    /// <returns>True when the module is to be taken over; false when its stream cannot be replayed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        _pause = OwnershipClaim.PauseMin;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, loop.TakesOver);
        try
        {
            while (true)
            {
                string reason = await SubscribeAsync(ends.Token).ConfigureAwait(false);
                await loop.OnLoopAsync(() => loop.ReportFeed(reason)).ConfigureAwait(false);
                await Task.Delay(_pause, time, ends.Token).ConfigureAwait(false);
                _pause = _pause * 2 < OwnershipClaim.PauseMax ? _pause * 2 : OwnershipClaim.PauseMax;
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
        catch (ReplayException fault)
        {
            await loop.OnLoopAsync(() => loop.Fail(fault)).ConfigureAwait(false);
            return false;
        }
    }

    // Until it breaks; why it did.
    private async Task<string> SubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            Revision after = await loop.OnLoopAsync(loop.PrepareFeed).ConfigureAwait(false);
            await foreach (SubscriptionMessage message in store
                .SubscribeToStreamAsync(StreamNames.Module(loop.Projection.Module), after, cancellationToken)
                .ConfigureAwait(false))
            {
                if (message is SubscriptionMessage.Events events)
                    await intake.AdoptAsync(events.Batch, cancellationToken).ConfigureAwait(false);
                // Told when the store is lost, or much has piled up: no answer yet.
                if (message is SubscriptionMessage.FellBehind) continue;
                if (_pause == OwnershipClaim.PauseMin && loop.Standing.FailedAttempts == 0) continue;
                _pause = OwnershipClaim.PauseMin;
                await loop.OnLoopAsync(() => loop.ReportFeed(null)).ConfigureAwait(false);
            }

            return "the subscription ended";
        }
        catch (EventStoreException fault)
        {
            return fault.Message;
        }
    }
}
