using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EventStore.Client;

/// <summary>A place in the whole store.</summary>
public readonly record struct Position : IPosition, IComparable<Position>, IComparable
{
    /// <summary>Before every event.</summary>
    public static readonly Position Start = new(0, 0);

    /// <summary>After every event.</summary>
    public static readonly Position End = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Where the commit stands.</summary>
    public ulong CommitPosition { get; }

    /// <summary>Where the prepare stands.</summary>
    public ulong PreparePosition { get; }

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prepare stands behind the commit, or one is beyond what a log has.</exception>
    public Position(ulong commitPosition, ulong preparePosition)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(commitPosition, preparePosition);
        if (commitPosition > long.MaxValue && commitPosition != ulong.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(commitPosition));
        if (preparePosition > long.MaxValue && preparePosition != ulong.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(preparePosition));
        CommitPosition = commitPosition;
        PreparePosition = preparePosition;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out Position? position)
    {
        position = null;
        string[] parts = value?.Split('/') ?? [];
        if (parts.Length != 2 || !TryParse(parts[0], "C:", out ulong commit) || !TryParse(parts[1], "P:", out ulong prepare)) return false;
        position = new Position(commit, prepare);
        return true;
    }

    /// <summary>Whether one stands before the other.</summary>
    public static bool operator <(Position p1, Position p2) => p1.CompareTo(p2) < 0;

    /// <summary>Whether one stands behind the other.</summary>
    public static bool operator >(Position p1, Position p2) => p1.CompareTo(p2) > 0;

    /// <summary>Whether one does not stand before the other.</summary>
    public static bool operator >=(Position p1, Position p2) => p1.CompareTo(p2) >= 0;

    /// <summary>Whether one does not stand behind the other.</summary>
    public static bool operator <=(Position p1, Position p2) => p1.CompareTo(p2) <= 0;

    /// <inheritdoc/>
    public int CompareTo(Position other) => CommitPosition == other.CommitPosition
        ? PreparePosition.CompareTo(other.PreparePosition)
        : CommitPosition.CompareTo(other.CommitPosition);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => Ordering.Compare(this, obj);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"C:{CommitPosition}/P:{PreparePosition}");

    private static bool TryParse(string text, string prefix, out ulong value)
    {
        value = 0;
        return text.StartsWith(prefix, StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
