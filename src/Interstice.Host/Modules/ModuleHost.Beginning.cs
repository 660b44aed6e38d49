using Interstice.Host.Reducers;

namespace Interstice.Host.Modules;

/// <content>What the modules do by themselves once the host has started: timers, clients of the host before, subscriptions.</content>
public sealed partial class ModuleHost
{
    // Every module that a timer calls or a subscription hears is there by now, and joined where it is called.
    private async Task BeginDutiesAsync(CancellationToken cancellationToken)
    {
        foreach (ModuleLoop loop in _modules.Values)
        {
            Subscribe(loop);
            try
            {
                await loop.OnLoopAsync(loop.ReleaseDuties).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // A loop has ended: its module does nothing any more.
            }
        }
    }
}
