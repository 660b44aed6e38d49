namespace Interstice.Kernel.Schema;

/// <summary>Finds the name that was probably meant, for messages about unknown names.</summary>
public static class NearestName
{
    // Costs in quarters of an edit. A swap of neighbours is the likelier slip and so costs less than an edit; another
    // case costs hardly anything.
    private const int EditCost = 4;
    private const int SwapCost = 3;
    private const int CaseCost = 1;

    /// <summary>The closest candidate by edit distance (insert, delete, replace, swap of neighbours), or null when none
    /// is close: at most one edit in three characters, or one in a name of two.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What exists; of equally close ones the first wins.</param>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        if (name.Length > SchemaLimits.NameLengthMax * 4) return null;
        string? best = null;

        // One letter is close to every other one; only its other case says something.
        int edits = name.Length < 2 ? 0 : Math.Max(1, name.Length / 3);
        int bestDistance = (edits * EditCost) + CaseCost;
        foreach (string candidate in candidates)
        {
            bool isSameCase = name.Any(char.IsUpper) == candidate.Any(char.IsUpper);
            int distance = Distance(name, candidate) + (isSameCase ? 0 : CaseCost);
            if (distance > bestDistance || (distance == bestDistance && best is not null)) continue;
            (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    /// <summary>The end of a sentence about an unknown name: <c>; did you mean "accounts"?</c>, or nothing.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What exists.</param>
    public static string Suggest(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";

    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > SchemaLimits.NameLengthMax) return int.MaxValue / 4;
        int[] before = new int[right.Length + 1];
        int[] previous = [.. Enumerable.Range(0, right.Length + 1).Select(length => length * EditCost)];
        int[] current = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i * EditCost;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = previous[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : EditCost);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + EditCost);
                bool isSwap = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                if (isSwap) current[j] = Math.Min(current[j], before[j - 2] + SwapCost);
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
