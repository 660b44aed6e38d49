using System.Runtime.CompilerServices;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Host.Tests.Ownership;

/// <summary>A store whose subscriptions to heartbeats have died without a word.</summary>
internal sealed class DeafStore(IEventStore inner) : ForwardingStore(inner, isOwned: false)
{
    public override async IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (stream == StreamNames.Owner("bank")) await Task.Delay(Timeout.Infinite, cancellationToken);
        await foreach (SubscriptionMessage message in Inner.SubscribeToStreamAsync(stream, after, cancellationToken)) yield return message;
    }
}
