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
