using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Subscriptions;

/// <summary>Writes how far a source was read where nothing was delivered, so that a restart does not read it again: some time after the first
/// event that asks for it, and once for all that came meanwhile.</summary>
/// <param name="loop">The subscribing module.</param>
/// <param name="cursor">The run of deliveries.</param>
/// <param name="options">Settings.</param>
/// <param name="time">The clock.</param>
/// <param name="ended">Told how the writing ended.</param>
internal sealed class CheckpointSaver(
    ModuleLoop loop, DeliveryCursor cursor, SubscriptionOptions options, TimeProvider time, Action<DeliveryWork, Revision?> ended)
{
    private readonly Lock _gate = new();
    private Revision _newsAt = Revision.None;
    private Revision _through = Revision.None;
    private Revision _savedAt = Revision.None;
    private bool _isSaving;

    /// <summary>All deliveries up to a place are in the module's queue.</summary>
    /// <param name="newsAt">Where the last transaction begins that changed more than the host's tables.</param>
    /// <param name="through">The place.</param>
    /// <param name="stop">Ends the waiting.</param>
    public void Pass(Revision newsAt, Revision through, CancellationToken stop)
    {
        lock (_gate)
        {
            (_newsAt, _through) = (newsAt, through);
            if (_isSaving || _newsAt <= _savedAt) return;
            _isSaving = true;
        }

        _ = SaveAsync(stop);
    }

    private async Task SaveAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(options.CheckpointInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested || cursor.IsBroken) return;
            DeliveryWork work;
            lock (_gate)
            {
                if (_newsAt <= _savedAt)
                {
                    _isSaving = false;
                    return;
                }

                _savedAt = _newsAt;
                work = new DeliveryWork(cursor, DeliveryStep.Save, null, ended) { Before = _newsAt, Through = _through };
            }

            loop.Enqueue(work);
        }
    }
}
