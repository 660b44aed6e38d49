using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

public sealed partial class EventStoreClient
{
    /// <summary>Reads a stream.</summary>
    public ReadStreamResult ReadStreamAsync(
        Direction direction,
        string streamName,
        StreamPosition revision,
        long maxCount = long.MaxValue,
        bool resolveLinkTos = false,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(streamName);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        var stream = new ReadReq.Types.Options.Types.StreamOptions { StreamIdentifier = StreamIdentifiers.Of(streamName) };
        if (revision == StreamPosition.Start) stream.Start = new Empty();
        else if (revision == StreamPosition.End) stream.End = new Empty();
        else stream.Revision = revision;
        ReadReq.Types.Options options = OptionsOf(direction, resolveLinkTos);
        options.Stream = stream;
        options.Count = (ulong)maxCount;
        options.NoFilter = new Empty();
        return new ReadStreamResult(streamName, Messages(options, deadline, userCredentials, cancellationToken));
    }

    /// <summary>Reads the whole store.</summary>
    public ReadAllStreamResult ReadAllAsync(
        Direction direction,
        Position position,
        long maxCount = long.MaxValue,
        bool resolveLinkTos = false,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) =>
        ReadAllAsync(direction, position, null, maxCount, resolveLinkTos, deadline, userCredentials, cancellationToken);

    /// <summary>Reads the whole store, filtered.</summary>
    public ReadAllStreamResult ReadAllAsync(
        Direction direction,
        Position position,
        IEventFilter? eventFilter,
        long maxCount = long.MaxValue,
        bool resolveLinkTos = false,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        ReadReq.Types.Options options = OptionsOf(direction, resolveLinkTos);
        options.All = AllOf(position == Position.Start ? null : position);
        options.Count = (ulong)maxCount;
        SetFilter(options, eventFilter, 1);
        return new ReadAllStreamResult(Messages(options, deadline, userCredentials, cancellationToken));
    }

    /// <summary>Follows a stream: what it has, then what comes.</summary>
    public StreamSubscriptionResult SubscribeToStream(
        string streamName,
        FromStream start,
        bool resolveLinkTos = false,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(streamName);
        var stream = new ReadReq.Types.Options.Types.StreamOptions { StreamIdentifier = StreamIdentifiers.Of(streamName) };
        if (start.Seen is not { } seen) stream.Start = new Empty();
        else if (seen == StreamPosition.End) stream.End = new Empty();
        else stream.Revision = seen;
        ReadReq.Types.Options options = OptionsOf(Direction.Forwards, resolveLinkTos);
        options.Stream = stream;
        options.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions();
        options.NoFilter = new Empty();
        return Subscription(options, userCredentials, cancellationToken);
    }

    /// <summary>Follows the whole store.</summary>
    public StreamSubscriptionResult SubscribeToAll(
        FromAll start,
        bool resolveLinkTos = false,
        SubscriptionFilterOptions? filterOptions = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default)
    {
        ReadReq.Types.Options options = OptionsOf(Direction.Forwards, resolveLinkTos);
        options.All = AllOf(start.Seen);
        options.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions();
        SetFilter(options, filterOptions?.Filter, filterOptions?.CheckpointInterval ?? 1);
        return Subscription(options, userCredentials, cancellationToken);
    }

    private static ReadReq.Types.Options OptionsOf(Direction direction, bool resolvesLinks) => new()
    {
        ReadDirection = direction == Direction.Backwards
            ? ReadReq.Types.Options.Types.ReadDirection.Backwards
            : ReadReq.Types.Options.Types.ReadDirection.Forwards,
        ResolveLinks = resolvesLinks,
        UuidOption = new ReadReq.Types.Options.Types.UUIDOption { Structured = new Empty() },
        ControlOption = new ReadReq.Types.Options.Types.ControlOption { Compatibility = 1 },
    };

    private static ReadReq.Types.Options.Types.AllOptions AllOf(Position? position)
    {
        var all = new ReadReq.Types.Options.Types.AllOptions();
        if (position is not { } known) all.Start = new Empty();
        else if (known == Position.End) all.End = new Empty();
        else
        {
            all.Position = new ReadReq.Types.Options.Types.Position
            {
                CommitPosition = known.CommitPosition,
                PreparePosition = known.PreparePosition,
            };
        }

        return all;
    }

    private static void SetFilter(ReadReq.Types.Options options, IEventFilter? filter, uint checkpointInterval)
    {
        string? regex = filter?.Regex;
        string[] prefixes = [.. (filter?.Prefixes ?? []).Select(prefix => (string?)prefix).OfType<string>()];
        if (filter is null || (regex is null && prefixes.Length == 0))
        {
            options.NoFilter = new Empty();
            return;
        }

        var expression = new ReadReq.Types.Options.Types.FilterOptions.Types.Expression { Regex = regex ?? "" };
        expression.Prefix.AddRange(prefixes);
        options.Filter = new ReadReq.Types.Options.Types.FilterOptions { CheckpointIntervalMultiplier = checkpointInterval };
        if (filter is StreamFilter) options.Filter.StreamIdentifier = expression;
        else options.Filter.EventType = expression;
        if (filter.MaxSearchWindow is { } window) options.Filter.Max = window;
        else options.Filter.Count = new Empty();
    }

    private StreamSubscriptionResult Subscription(
        ReadReq.Types.Options options, UserCredentials? credentials, CancellationToken cancellationToken)
    {
        var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new StreamSubscriptionResult(Messages(options, null, credentials, ending.Token), ending);
    }

    private ReadMessages Messages(
        ReadReq.Types.Options options, TimeSpan? deadline, UserCredentials? credentials, CancellationToken cancellationToken) =>
        new(
            new ReadReq { Options = options },
            _cluster,
            token => OptionsAsync(deadline, credentials, token),
            Noted,
            cancellationToken);
}
