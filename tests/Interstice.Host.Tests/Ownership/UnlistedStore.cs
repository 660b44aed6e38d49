using System.Runtime.CompilerServices;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Host.Tests.Ownership;

/// <summary>A store whose list of modules does not come to one module before it is let.</summary>
internal sealed class UnlistedStore(IEventStore inner, string module) : ForwardingStore(inner, isOwned: false)
{
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the list come to the module.</summary>
    public void List() => _listed.TrySetResult();

    public override async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in Inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken))
        {
            if (stream != StreamNames.Modules || _listed.Task.IsCompleted) yield return batch;
            else yield return batch.ToArray().Where(recorded => ModuleList.Decode(recorded) != module).ToArray();
        }
    }

    public override async IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (SubscriptionMessage message in Inner.SubscribeToStreamAsync(stream, after, cancellationToken))
        {
            if (stream == StreamNames.Modules && message is SubscriptionMessage.Events) await _listed.Task.WaitAsync(cancellationToken);
            yield return message;
        }
    }
}
