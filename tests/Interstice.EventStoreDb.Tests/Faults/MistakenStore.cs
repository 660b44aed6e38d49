using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests.Faults;

/// <summary>A mistake in how an adapter deals with an append to a module's stream whose answer was lost.</summary>
public enum AdapterMistake
{
    /// <summary>None: the outcome is reported as unknown.</summary>
    None,

    /// <summary>It says that nothing was written.</summary>
    SaysRefused,

    /// <summary>It says that the events were written.</summary>
    SaysAppended,

    /// <summary>It sends the events again behind whatever the stream holds then.</summary>
    SendsAgainAnywhere,

    /// <summary>It sends the events again under new ids, behind whatever the stream holds then.</summary>
    SendsAgainUnderNewIds,
}

/// <summary>A store that is right but for one mistake, which a test of faults has to catch.</summary>
internal sealed class MistakenStore(IEventStore inner, AdapterMistake mistake) : ForwardingStore(inner)
{
    public override async ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default)
    {
        // What is appended is borrowed until the append ends.
        EventData[] kept = [.. events.ToArray().Select(data => data with { Data = data.Data.ToArray(), Metadata = data.Metadata.ToArray() })];
        try
        {
            return await Inner.AppendAsync(stream, expected, events, cancellationToken);
        }
        catch (EventStoreException fault) when (fault.Kind == EventStoreErrorKind.Unknown && mistake != AdapterMistake.None)
        {
            return await EndAsync(stream, expected, kept, fault, cancellationToken);
        }
    }

    private async Task<AppendResult> EndAsync(
        StreamName stream, ExpectedRevision expected, EventData[] events, EventStoreException fault, CancellationToken cancellationToken)
    {
        Revision last = expected.Exact is { } before ? before + events.Length : throw fault;
        switch (mistake)
        {
            case AdapterMistake.SaysRefused:
                throw new EventStoreException(EventStoreErrorKind.Refused, fault.Message, fault);
            case AdapterMistake.SaysAppended:
                return new AppendResult.Appended(last, Position.Start);
            case AdapterMistake.SendsAgainAnywhere:
                return await Inner.AppendAsync(stream, ExpectedRevision.Any, events, cancellationToken);
            case AdapterMistake.SendsAgainUnderNewIds:
                EventData[] anew = [.. events.Select(data => data with { Id = Guid.NewGuid() })];
                return await Inner.AppendAsync(stream, ExpectedRevision.Any, anew, cancellationToken);
            default:
                throw fault;
        }
    }
}
