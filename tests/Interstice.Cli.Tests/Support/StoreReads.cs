using System.Reflection;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Tests.Support;

/// <summary>Stands before a store, counts reads of all streams at once, and refuses those of one stream.</summary>
public class StoreReads : DispatchProxy
{
    private IEventStore _inner = null!;

    /// <summary>The store to use.</summary>
    public IEventStore Store => (IEventStore)(object)this;

    /// <summary>How often all streams were read.</summary>
    public int OfAll { get; private set; }

    /// <summary>The stream that nobody may read.</summary>
    public StreamName? Refused { get; set; }

    public static StoreReads Of(IEventStore inner)
    {
        var reads = (StoreReads)(object)Create<IEventStore, StoreReads>();
        reads._inner = inner;
        return reads;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (targetMethod.Name == nameof(IEventStore.ReadAllAsync)) OfAll++;
        if (targetMethod.Name == nameof(IEventStore.ReadStreamAsync) && args![0] is StreamName stream && stream == Refused)
            throw new EventStoreException(EventStoreErrorKind.Refused, $"stream {stream} may not be read");
        return targetMethod.Invoke(_inner, args);
    }
}
