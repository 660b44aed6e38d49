using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests.Faults;

/// <summary>A store that appends rightly and, while it is told to, answers with a wrong revision.</summary>
internal sealed class MisnumberingStore(IEventStore inner) : ForwardingStore(inner)
{
    private int _by;
    private int _times;

    /// <summary>Lets the next answers be off by so much.</summary>
    internal void Misnumber(int by, int times) => (_by, _times) = (by, times);

    public override async ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default)
    {
        AppendResult result = await Inner.AppendAsync(stream, expected, events, cancellationToken);
        return result is AppendResult.Appended appended && Interlocked.Decrement(ref _times) >= 0
            ? appended with { Revision = appended.Revision + _by }
            : result;
    }
}
