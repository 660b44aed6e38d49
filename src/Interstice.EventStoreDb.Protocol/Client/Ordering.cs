namespace EventStore.Client;

/// <summary>Comparison with an object of any type.</summary>
internal static class Ordering
{
    internal static int Compare<T>(T self, object? other)
        where T : struct, IComparable<T> => other switch
        {
            null => 1,
            T same => self.CompareTo(same),
            _ => throw new ArgumentException($"the object is not a {typeof(T).Name}", nameof(other)),
        };

    // What a stream can be at, and the one value that stands for its end or its absence.
    internal static ulong Checked(ulong value) => value <= long.MaxValue || value == ulong.MaxValue
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "more than a stream can have");
}
