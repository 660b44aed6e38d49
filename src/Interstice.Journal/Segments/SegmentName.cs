using System.Globalization;

namespace Interstice.Journal.Segments;

/// <summary>File names of segments: number and base position, so that a listing sorts in log order and says what is where.
/// </summary>
internal static class SegmentName
{
    /// <summary>Segments that are being written before they get their name.</summary>
    public const string Prepared = "prepared.segment.new";

    private const string Extension = ".segment";
    private const int NumberDigits = 10;
    private const int BaseDigits = 20;

    public static string Of(long number, ulong basePosition) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:D10}-{basePosition:D20}{Extension}");

    /// <summary>Whether a file calls itself a segment at all, well named or not.</summary>
    public static bool IsClaimed(string name) => name.EndsWith(Extension, StringComparison.Ordinal);

    public static bool TryParse(string name, out long number, out ulong basePosition)
    {
        number = 0;
        basePosition = 0;
        return name.Length == NumberDigits + 1 + BaseDigits + Extension.Length
            && IsClaimed(name)
            && name[NumberDigits] == '-'
            && long.TryParse(name.AsSpan(0, NumberDigits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && ulong.TryParse(name.AsSpan(NumberDigits + 1, BaseDigits), NumberStyles.None, CultureInfo.InvariantCulture,
                out basePosition);
    }
}
