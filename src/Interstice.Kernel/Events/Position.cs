using System.Globalization;

namespace Interstice.Kernel.Events;

/// <summary>Place of an event in the order of a whole store, comparable within that store only.</summary>
/// <remarks>EventStoreDB has two numbers for it. The embedded journal sets both to the same one, the logical byte offset
/// of the event in the log, so that positions grow but are not consecutive.</remarks>
/// <param name="Commit">Position of the commit.</param>
/// <param name="Prepare">Position of the prepare; never greater than <paramref name="Commit"/>.</param>
public readonly record struct Position(ulong Commit, ulong Prepare) : IComparable<Position>
{
    /// <summary>Before every event.</summary>
    public static readonly Position Start = new(0, 0);

    /// <summary>After every event.</summary>
    public static readonly Position End = new(ulong.MaxValue, ulong.MaxValue);

    /// <inheritdoc/>
    public int CompareTo(Position other)
    {
        int commit = Commit.CompareTo(other.Commit);
        return commit != 0 ? commit : Prepare.CompareTo(other.Prepare);
    }

    /// <summary>Whether <paramref name="left"/> stands before <paramref name="right"/>.</summary>
    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> stands after <paramref name="right"/>.</summary>
    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not stand after <paramref name="right"/>.</summary>
    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not stand before <paramref name="right"/>.</summary>
    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => Commit.ToString(CultureInfo.InvariantCulture);
}
