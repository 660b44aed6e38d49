namespace Interstice.Kernel.Schema;

/// <summary>Finds the name that was probably meant, for messages about unknown names.</summary>
public static class NearestName
{
    /// <summary>The closest candidate by edit distance (insert, delete, replace, swap of neighbours; case costs nothing but
    /// breaks ties), or null when none is close: at most one edit in three characters.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What exists; of equally close ones the first wins.</param>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        if (name.Length > SchemaLimits.NameLengthMax * 4) return null;
        string? best = null;
        int bestDistance = Math.Max(1, name.Length / 3) * 2 + 1;
        foreach (string candidate in candidates)
        {
            // Twice the distance, so that a difference in case alone can count as half an edit.
            int distance = Distance(name, candidate) * 2 + (name == candidate ? 0 : 1);
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
        int[] previous = [.. Enumerable.Range(0, right.Length + 1)];
        int[] current = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = previous[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                bool isSwap = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                if (isSwap) current[j] = Math.Min(current[j], before[j - 2] + 1);
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
