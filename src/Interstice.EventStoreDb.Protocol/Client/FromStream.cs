namespace EventStore.Client;

/// <summary>Where a subscription to a stream begins.</summary>
public readonly record struct FromStream : IComparable<FromStream>, IComparable
{
    private readonly StreamPosition? _after;

    private FromStream(StreamPosition? after) => _after = after;

    /// <summary>Before every event.</summary>
    public static readonly FromStream Start;

    /// <summary>After every event that is there already.</summary>
    public static readonly FromStream End = new(StreamPosition.End);

    internal StreamPosition? Seen => _after;

    /// <summary>After an event.</summary>
    /// <exception cref="ArgumentException">The end is not an event; use <see cref="End"/>.</exception>
    public static FromStream After(StreamPosition streamPosition) => streamPosition == StreamPosition.End
        ? throw new ArgumentException("use End to begin at the end", nameof(streamPosition))
        : new(streamPosition);

    /// <summary>Whether one is before the other.</summary>
    public static bool operator <(FromStream left, FromStream right) => left.CompareTo(right) < 0;

    /// <summary>Whether one is behind the other.</summary>
    public static bool operator >(FromStream left, FromStream right) => left.CompareTo(right) > 0;

    /// <summary>Whether one is not behind the other.</summary>
    public static bool operator <=(FromStream left, FromStream right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one is not before the other.</summary>
    public static bool operator >=(FromStream left, FromStream right) => left.CompareTo(right) >= 0;

    /// <summary>The number of the position.</summary>
    public ulong ToUInt64() => _after?.ToUInt64() ?? throw new InvalidOperationException("the start has no position");

    /// <inheritdoc/>
    public int CompareTo(FromStream other) => (_after, other._after) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        ({ } mine, { } others) => mine.CompareTo(others),
    };

    /// <inheritdoc/>
    public int CompareTo(object? obj) => Ordering.Compare(this, obj);

    /// <inheritdoc/>
    public override string ToString() => _after is null ? "Start" : _after == StreamPosition.End ? "Live" : $"{_after}";
}
