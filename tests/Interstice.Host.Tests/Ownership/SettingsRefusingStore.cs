using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Host.Tests.Ownership;

/// <summary>A store that lets this host write events, and no settings of streams.</summary>
internal sealed class SettingsRefusingStore(IEventStore inner) : ForwardingStore(inner, isOwned: false)
{
    public override ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        ValueTask.FromException<AppendResult>(new EventStoreException(EventStoreErrorKind.Refused, "access denied"));
}
