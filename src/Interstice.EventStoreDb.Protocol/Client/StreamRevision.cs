using System.Globalization;

namespace EventStore.Client;

/// <summary>The index of the last event of a stream.</summary>
public readonly record struct StreamRevision : IComparable<StreamRevision>, IComparable
{
    /// <summary>The revision of a stream without events.</summary>
    public static readonly StreamRevision None = new(ulong.MaxValue);

    private readonly ulong _value;

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than a stream can have.</exception>
    public StreamRevision(ulong value) => _value = Ordering.Checked(value);

    /// <summary>Makes one; -1 is <see cref="None"/>.</summary>
    public static StreamRevision FromInt64(long value) => value == -1 ? None : new(Convert.ToUInt64(value));

    /// <summary>The same number.</summary>
    public static StreamRevision FromStreamPosition(StreamPosition position) => new(position.ToUInt64());

    /// <summary>Moves on.</summary>
    public static StreamRevision operator +(StreamRevision left, ulong right) => new(checked(left._value + right));

    /// <summary>Moves on.</summary>
    public static StreamRevision operator +(ulong left, StreamRevision right) => new(checked(left + right._value));

    /// <summary>Moves back.</summary>
    public static StreamRevision operator -(StreamRevision left, ulong right) => new(checked(left._value - right));

    /// <summary>Moves back.</summary>
    public static StreamRevision operator -(ulong left, StreamRevision right) => new(checked(left - right._value));

    /// <summary>Whether one stands behind the other.</summary>
    public static bool operator >(StreamRevision left, StreamRevision right) => left._value > right._value;

    /// <summary>Whether one stands before the other.</summary>
    public static bool operator <(StreamRevision left, StreamRevision right) => left._value < right._value;

    /// <summary>Whether one does not stand before the other.</summary>
    public static bool operator >=(StreamRevision left, StreamRevision right) => left._value >= right._value;

    /// <summary>Whether one does not stand behind the other.</summary>
    public static bool operator <=(StreamRevision left, StreamRevision right) => left._value <= right._value;

    /// <summary>The number.</summary>
    public static implicit operator ulong(StreamRevision value) => value._value;

    /// <summary>The number as one of these.</summary>
    public static implicit operator StreamRevision(ulong value) => new(value);

    /// <summary>The one that follows.</summary>
    public StreamRevision Next() => this + 1;

    /// <inheritdoc/>
    public int CompareTo(StreamRevision other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => Ordering.Compare(this, obj);

    /// <summary>The number; -1 for <see cref="None"/>.</summary>
    public long ToInt64() => this == None ? -1 : Convert.ToInt64(_value);

    /// <summary>The number.</summary>
    public ulong ToUInt64() => _value;

    /// <inheritdoc/>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);
}
