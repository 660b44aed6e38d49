using System.Globalization;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>The header that says how long a caller waits: up to eight digits and a unit.</summary>
public static class GrpcTimeout
{
    /// <summary>Name of the header.</summary>
    public const string Header = "grpc-timeout";

    private const long ValueMax = 99_999_999;

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>Longest time that a timer takes, seven weeks; who waits longer waits without one.</summary>
    public static TimeSpan TimerMax { get; } = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Writes a time in the finest unit that holds it; parts of a unit count as a whole one.</summary>
    /// <param name="timeout">The time; what is not positive is the shortest there is.</param>
    public static string Format(TimeSpan timeout)
    {
        foreach ((char unit, long ticks) in Units)
        {
            long value = Math.Max(1, (timeout.Ticks / ticks) + (timeout.Ticks % ticks > 0 ? 1 : 0));
            if (value <= ValueMax) return value.ToString(CultureInfo.InvariantCulture) + unit;
        }

        return $"{ValueMax}H";
    }

    /// <summary>Reads a time.</summary>
    /// <param name="text">The header's value.</param>
    /// <param name="timeout">The time, at most <see cref="TimeSpan.MaxValue"/>.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(text);
        timeout = default;
        if (text.Length is < 2 or > 9) return false;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value)) return false;
        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks((value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
            return true;
        }

        foreach ((char unit, long ticks) in Units)
        {
            if (unit != text[^1]) continue;
            timeout = value > TimeSpan.MaxValue.Ticks / ticks ? TimeSpan.MaxValue : TimeSpan.FromTicks(value * ticks);
            return true;
        }

        return false;
    }
}
