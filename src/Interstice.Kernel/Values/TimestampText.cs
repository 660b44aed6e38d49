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
    private const int FormattedLength = SecondsLength + 1 + FractionDigits + 1;

    /// <summary>The text of a timestamp.</summary>
    /// <param name="microseconds">Microseconds since the Unix epoch.</param>
    public static string Format(long microseconds)
    {
        if (microseconds is < MinUs or > MaxUs) return microseconds.ToString(CultureInfo.InvariantCulture);
        DateTime time = DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        return time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Writes what <see cref="Format"/> gives.</summary>
    /// <param name="microseconds">Microseconds since the Unix epoch.</param>
    /// <param name="utf8">Takes the text; 27 bytes are enough.</param>
    /// <returns>Bytes written.</returns>
    internal static int Write(long microseconds, Span<byte> utf8)
    {
        if (microseconds is < MinUs or > MaxUs)
        {
            microseconds.TryFormat(utf8, out int written, [], CultureInfo.InvariantCulture);
            return written;
        }

        DateTime time = DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        (utf8[4], utf8[7], utf8[10], utf8[13], utf8[16], utf8[19], utf8[26]) =
            ((byte)'-', (byte)'-', (byte)'T', (byte)':', (byte)':', (byte)'.', (byte)'Z');
        time.Deconstruct(out int year, out int month, out int day);
        WriteNumber(utf8[..4], year);
        WriteNumber(utf8[5..7], month);
        WriteNumber(utf8[8..10], day);
        WriteNumber(utf8[11..13], time.Hour);
        WriteNumber(utf8[14..16], time.Minute);
        WriteNumber(utf8[17..19], time.Second);
        WriteNumber(utf8[20..26], (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        return FormattedLength;
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

    /// <summary>Reads what <see cref="Format"/> writes of the years 1 to 9999.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="microseconds">Microseconds since the Unix epoch.</param>
    internal static bool TryParseFormatted(ReadOnlySpan<byte> utf8, out long microseconds)
    {
        microseconds = 0;
        if (utf8.Length != FormattedLength || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != 'T' || utf8[13] != ':' || utf8[16] != ':'
            || utf8[19] != '.' || utf8[26] != 'Z') return false;
        bool areDigits = TryNumber(utf8[..4], out int year) & TryNumber(utf8[5..7], out int month) & TryNumber(utf8[8..10], out int day)
            & TryNumber(utf8[11..13], out int hour) & TryNumber(utf8[14..16], out int minute) & TryNumber(utf8[17..19], out int second)
            & TryNumber(utf8[20..26], out int fractionUs);
        if (!areDigits || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59) return false;
        long ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
        microseconds = ((ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) + fractionUs;
        return true;
    }

    private static void WriteNumber(Span<byte> digits, int number)
    {
        for (int i = digits.Length - 1; i >= 0; i--, number /= 10) digits[i] = (byte)('0' + (number % 10));
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            number = (number * 10) + (digit - '0');
        }

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
