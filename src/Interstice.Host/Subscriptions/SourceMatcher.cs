using System.Text;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>Finds in the events of a source's stream what subscriptions hear. Takes whole transactions; void ones say nothing.</summary>
/// <param name="source">The source module.</param>
/// <param name="module">The subscribing module.</param>
/// <param name="subscriptions">The subscriptions to it.</param>
/// <param name="handlers">Their handlers, in the same order.</param>
/// <param name="rule">Tells which transactions are void, from where the reading begins.</param>
internal sealed class SourceMatcher(
    string source, string module, IReadOnlyList<SubscriptionSchema> subscriptions, IReadOnlyList<ReducerSchema> handlers, VoidRule rule)
{
    private readonly byte[][] _names = [.. subscriptions.Select(subscription => Encoding.UTF8.GetBytes(subscription.SourceName))];
    private readonly string?[] _misfits = new string?[subscriptions.Count];
    private ReadOnlyMemory<byte> _record;
    private Guid _first;
    private Revision _firstAt = Revision.None;
    private TransactionOrigin? _origin;

    /// <summary>What was found since it was cleared.</summary>
    public List<Delivery> Found { get; } = [];

    /// <summary>Last event taken.</summary>
    public Revision Seen { get; private set; } = Revision.None;

    /// <summary>Last event taken that is not void: whoever reads on from it tells by its record which host had the source.</summary>
    public Revision Sound { get; private set; } = Revision.None;

    /// <summary>First event of the last transaction that changed more than rows of the host's tables; what only moves checkpoints is no news,
    /// or modules that hear each other would never be still.</summary>
    public Revision NewsAt { get; private set; } = Revision.None;

    /// <summary>The last publication of the source that was taken.</summary>
    public Revision PublishedAt { get; private set; } = Revision.None;

    /// <summary>Whether some subscription does not fit the source as last published.</summary>
    public bool HasMisfit => _misfits.Any(misfit => misfit is not null);

    /// <summary>Why a subscription does not fit the source as last published; null when it does, or no publication was taken.</summary>
    public string? MisfitOf(int subscription) => _misfits[subscription];

    /// <summary>Takes the next event.</summary>
    /// <param name="recorded">The event; borrowed.</param>
    /// <exception cref="EventFormatException">It is damaged.</exception>
    public void Take(RecordedEvent recorded)
    {
        rule.Add(recorded);
        Seen = recorded.Revision;
        if (!rule.IsVoid) Sound = recorded.Revision;
        if (recorded.Type == EventTypes.ModulePublished) Publish(recorded);
        if (!EventTypes.IsOfTransaction(recorded.Type)) return;
        TransactionId.OfEvent(recorded.Id, out int index);
        if (index == 0) (_record, _first, _firstAt, _origin) = (recorded.Metadata, recorded.Id, recorded.Revision, null);
        if (!rule.IsVoid && !EventTypes.ChangesNothing(recorded.Type)) Match(recorded);
    }

    private void Match(in RecordedEvent recorded)
    {
        ReadOnlySpan<byte> newRow = default;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> content;
        if (recorded.Type == EventTypes.RowUpdated) RowEvent.ReadUpdate(recorded.Data.Span, out name, out content, out newRow);
        else RowEvent.Read(recorded.Data.Span, out name, out content);
        if (name.IsEmpty || name[0] == (byte)'_') return;
        NewsAt = _firstAt;
        for (int i = 0; i < _names.Length; i++)
        {
            if (!Hears(subscriptions[i].Operation, recorded.Type) || !name.SequenceEqual(_names[i])) continue;
            Found.Add(Deliver(i, recorded, [.. content, .. newRow]));
        }
    }

    private Delivery Deliver(int subscription, in RecordedEvent recorded, byte[] arguments)
    {
        TransactionOrigin origin = _origin ??= Follow(TransactionRecord.Read(_record.Span).Origin);
        int depthMax = subscriptions[subscription].Depth ?? SchemaLimits.SubscriptionDepthMax;
        string? refusal = null;
        if (origin.Depth > depthMax)
            refusal = $"{origin.Depth} deliveries in a chain of causes; subscription of \"{handlers[subscription].Name}\" allows {depthMax}";
        else if (!handlers[subscription].Arguments.TryValidate(arguments, out Kernel.Values.ValueError error))
            refusal = $"what revision {recorded.Revision} of {source} holds are no arguments of \"{handlers[subscription].Name}\": {error}";
        return new Delivery(subscription, recorded.Revision, recorded.Id, arguments, origin, refusal);
    }

    private TransactionOrigin Follow(TransactionOrigin? before) => before is { } origin
        ? origin with { Depth = (byte)Math.Min(origin.Depth + 1, byte.MaxValue) }
        : new TransactionOrigin(_first, 1);

    private void Publish(in RecordedEvent recorded)
    {
        var declared = ModuleSchema.Parse(ModulePublished.Read(recorded.Data.Span).Schema.Span);
        PublishedAt = recorded.Revision;
        for (int i = 0; i < _misfits.Length; i++)
            _misfits[i] = SubscriptionFit.FindMisfit(subscriptions[i], handlers[i], declared, source == module);
    }

    private static bool Hears(SubscriptionOperation operation, string type) => type switch
    {
        EventTypes.RowInserted => operation == SubscriptionOperation.Insert,
        EventTypes.RowUpdated => operation == SubscriptionOperation.Update,
        EventTypes.RowDeleted => operation == SubscriptionOperation.Delete,
        _ => operation is SubscriptionOperation.Event or SubscriptionOperation.Insert,
    };
}
