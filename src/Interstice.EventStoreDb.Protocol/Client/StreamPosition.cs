using System.Globalization;

namespace EventStore.Client;

/// <summary>A place in a stream: the index of an event.</summary>
public readonly record struct StreamPosition : IComparable<StreamPosition>, IComparable, IPosition
{
    /// <summary>The first event.</summary>
    public static readonly StreamPosition Start;

    /// <summary>The last event.</summary>
    public static readonly StreamPosition End = new(ulong.MaxValue);

    private readonly ulong _value;

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than a stream can have.</exception>
    public StreamPosition(ulong value) => _value = Ordering.Checked(value);

    /// <summary>Makes one; -1 is <see cref="End"/>.</summary>
    public static StreamPosition FromInt64(long value) => value == -1 ? End : new(Convert.ToUInt64(value));

    /// <summary>The same number.</summary>
    public static StreamPosition FromStreamRevision(StreamRevision revision) => new(revision.ToUInt64());

    /// <summary>Moves on.</summary>
    public static StreamPosition operator +(StreamPosition left, ulong right) => new(checked(left._value + right));

    /// <summary>Moves on.</summary>
    public static StreamPosition operator +(ulong left, StreamPosition right) => new(checked(left + right._value));

    /// <summary>Moves back.</summary>
    public static StreamPosition operator -(StreamPosition left, ulong right) => new(checked(left._value - right));

    /// <summary>Moves back.</summary>
    public static StreamPosition operator -(ulong left, StreamPosition right) => new(checked(left - right._value));

    /// <summary>Whether one stands behind the other.</summary>
    public static bool operator >(StreamPosition left, StreamPosition right) => left._value > right._value;

    /// <summary>Whether one stands before the other.</summary>
    public static bool operator <(StreamPosition left, StreamPosition right) => left._value < right._value;

    /// <summary>Whether one does not stand before the other.</summary>
    public static bool operator >=(StreamPosition left, StreamPosition right) => left._value >= right._value;

    /// <summary>Whether one does not stand behind the other.</summary>
    public static bool operator <=(StreamPosition left, StreamPosition right) => left._value <= right._value;

    /// <summary>The number.</summary>
    public static implicit operator ulong(StreamPosition value) => value._value;

    /// <summary>The number as one of these.</summary>
    public static implicit operator StreamPosition(ulong value) => new(value);

    /// <summary>The one that follows.</summary>
    public StreamPosition Next() => this + 1;

    /// <inheritdoc/>
    public int CompareTo(StreamPosition other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => Ordering.Compare(this, obj);

    /// <summary>The number; -1 for <see cref="End"/>.</summary>
    public long ToInt64() => this == End ? -1 : Convert.ToInt64(_value);

    /// <summary>The number.</summary>
    public ulong ToUInt64() => _value;

    /// <inheritdoc/>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);
}
