using System.Globalization;

namespace Interstice.Kernel.Events;

/// <summary>Index of an event in its stream: 0 for the first, rising by one. <see cref="None"/> stands before the first.</summary>
/// <param name="Value">-1 for <see cref="None"/>, else 0 or more.</param>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>The revision of a stream without events.</summary>
    public static readonly Revision None = new(-1);

    /// <summary>The revision of the first event.</summary>
    public static readonly Revision First = new(0);

    /// <summary>Past every event: where backward reads start.</summary>
    public static readonly Revision End = new(long.MaxValue);

    /// <summary>The revision that follows.</summary>
    public Revision Next => new(Value + 1);

    /// <summary>Moves by a number of events.</summary>
    /// <param name="revision">Where to start.</param>
    /// <param name="events">How many events, negative to go back.</param>
    public static Revision operator +(Revision revision, long events) => new(checked(revision.Value + events));

    /// <summary>Moves by a number of events.</summary>
    /// <param name="events">How many events.</param>
    public Revision Add(long events) => this + events;

    /// <inheritdoc/>
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="left"/> stands before <paramref name="right"/>.</summary>
    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> stands after <paramref name="right"/>.</summary>
    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> does not stand after <paramref name="right"/>.</summary>
    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> does not stand before <paramref name="right"/>.</summary>
    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
