namespace Interstice.Kernel.Schema;

/// <summary>The grammar of semantic versions (semver.org, 2.0.0).</summary>
internal static class SemanticVersion
{
    private const int LengthMax = 128;

    internal static bool IsValid(string text)
    {
        if (text.Length > LengthMax) return false;
        ReadOnlySpan<char> rest = text;
        int build = rest.IndexOf('+');
        if (build >= 0 && !AreIdentifiers(rest[(build + 1)..], numbersAreStrict: false)) return false;
        if (build >= 0) rest = rest[..build];
        int release = rest.IndexOf('-');
        if (release >= 0 && !AreIdentifiers(rest[(release + 1)..], numbersAreStrict: true)) return false;
        if (release >= 0) rest = rest[..release];
        int numbers = 0;
        foreach (Range part in rest.Split('.'))
        {
            if (!IsNumber(rest[part])) return false;
            numbers++;
        }

        return numbers == 3;
    }

    /// <summary>Compares two valid versions by precedence: numbers as numbers, a pre-release before its release, builds alike.</summary>
    internal static int Compare(string left, string right)
    {
        (string[] a, string? before) = Split(left);
        (string[] b, string? after) = Split(right);
        for (int i = 0; i < 3; i++)
            if (CompareNumbers(a[i], b[i]) is not 0 and int order) return order;
        if (before is null || after is null) return (before is null).CompareTo(after is null);
        string[] c = before.Split('.');
        string[] d = after.Split('.');
        for (int i = 0; i < Math.Min(c.Length, d.Length); i++)
            if (CompareIdentifiers(c[i], d[i]) is not 0 and int order) return order;
        return c.Length.CompareTo(d.Length);
    }

    private static (string[] Numbers, string? Release) Split(string version)
    {
        int build = version.IndexOf('+');
        if (build >= 0) version = version[..build];
        int release = version.IndexOf('-');
        return release < 0 ? (version.Split('.'), null) : (version[..release].Split('.'), version[(release + 1)..]);
    }

    private static int CompareIdentifiers(string left, string right)
    {
        bool isLeftNumber = IsNumber(left);
        bool isRightNumber = IsNumber(right);
        if (isLeftNumber && isRightNumber) return CompareNumbers(left, right);
        return isLeftNumber != isRightNumber ? isRightNumber.CompareTo(isLeftNumber) : string.CompareOrdinal(left, right);
    }

    // Of any length, without leading zeroes.
    private static int CompareNumbers(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    private static bool AreIdentifiers(ReadOnlySpan<char> text, bool numbersAreStrict)
    {
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (part.IsEmpty) return false;
            foreach (char c in part)
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
            bool isNumber = !part.ContainsAnyExceptInRange('0', '9');
            if (numbersAreStrict && isNumber && !IsNumber(part)) return false;
        }

        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty
        && !text.ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || text[0] != '0');
}
