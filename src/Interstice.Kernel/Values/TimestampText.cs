using System.Globalization;

namespace Interstice.Kernel.Values;

/// <summary>Timestamps as text: ISO 8601 in UTC with microseconds, <c>2026-01-31T12:00:00.000001Z</c>; outside the
/// years 1 to 9999 the number of microseconds.</summary>
public static class TimestampText
{
    private const long MinUs = -62_135_596_800_000_000;
    private const long MaxUs = 253_402_300_799_999_999;
    private const int SecondsLength = 19;
    private const int FractionDigits = 6;

    /// <summary>The text of a timestamp.</summary>
    /// <param name="microseconds">Microseconds since the Unix epoch.</param>
    public static string Format(long microseconds)
    {
        if (microseconds is < MinUs or > MaxUs) return microseconds.ToString(CultureInfo.InvariantCulture);
        DateTime time = DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        return time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a timestamp in ISO 8601, in UTC, with up to six digits of a second's fraction.</summary>
    /// <param name="text">The text, ending in Z.</param>
    /// <param name="microseconds">Microseconds since the Unix epoch.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < SecondsLength + 1 || text[^1] != 'Z') return false;
        bool isDate = DateTime.TryParseExact(
            text[..SecondsLength], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time);
        ReadOnlySpan<char> fraction = text[SecondsLength..^1];
        if (!isDate || !TryParseFraction(fraction, out int fractionUs)) return false;
        microseconds = ((time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) + fractionUs;
        return true;
    }

    private static bool TryParseFraction(ReadOnlySpan<char> text, out int microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty) return true;
        if (text[0] != '.' || text.Length is < 2 or > FractionDigits + 1) return false;
        for (int i = 1; i <= FractionDigits; i++)
        {
            char digit = i < text.Length ? text[i] : '0';
            if (!char.IsAsciiDigit(digit)) return false;
            microseconds = (microseconds * 10) + (digit - '0');
        }

        return true;
    }
}
