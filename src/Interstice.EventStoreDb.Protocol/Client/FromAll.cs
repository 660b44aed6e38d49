namespace EventStore.Client;

/// <summary>Where a subscription to the whole store begins.</summary>
public readonly record struct FromAll : IComparable<FromAll>, IComparable
{
    private readonly Position? _after;

    private FromAll(Position? after) => _after = after;

    /// <summary>Before every event.</summary>
    public static readonly FromAll Start;

    /// <summary>After every event that is there already.</summary>
    public static readonly FromAll End = new(Position.End);

    internal Position? Seen => _after;

    /// <summary>After an event.</summary>
    /// <exception cref="ArgumentException">The end is not an event; use <see cref="End"/>.</exception>
    public static FromAll After(Position position) => position == Position.End
        ? throw new ArgumentException("use End to begin at the end", nameof(position))
        : new(position);

    /// <summary>Whether one is before the other.</summary>
    public static bool operator <(FromAll left, FromAll right) => left.CompareTo(right) < 0;

    /// <summary>Whether one is behind the other.</summary>
    public static bool operator >(FromAll left, FromAll right) => left.CompareTo(right) > 0;

    /// <summary>Whether one is not behind the other.</summary>
    public static bool operator <=(FromAll left, FromAll right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one is not before the other.</summary>
    public static bool operator >=(FromAll left, FromAll right) => left.CompareTo(right) >= 0;

    /// <summary>The two numbers of the position.</summary>
    public (ulong CommitPosition, ulong PreparePosition) ToUInt64() => _after is { } after
        ? (after.CommitPosition, after.PreparePosition)
        : throw new InvalidOperationException("the start has no position");

    /// <inheritdoc/>
    public int CompareTo(FromAll other) => (_after, other._after) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        ({ } mine, { } others) => mine.CompareTo(others),
    };

    /// <inheritdoc/>
    public int CompareTo(object? obj) => Ordering.Compare(this, obj);

    /// <inheritdoc/>
    public override string ToString() => _after is null ? "Start" : _after == Position.End ? "Live" : $"{_after}";
}
