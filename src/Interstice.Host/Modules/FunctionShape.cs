namespace Interstice.Host.Modules;

/// <summary>The type of a function in the letters i (i32), l (i64), f (f32), d (f64), r (reference): <c>ii:i</c> takes two
/// i32 and gives one.</summary>
/// <param name="Letters">Parameters, a colon, results; empty for what is not a function.</param>
public readonly record struct FunctionShape(string Letters)
{
    /// <summary>Not a function.</summary>
    public static readonly FunctionShape None = new("");

    /// <summary>The type in words: <c>(i32, i32) -&gt; i32</c>.</summary>
    public override string ToString()
    {
        int colon = Letters.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return "no function";
        return $"({Words(Letters[..colon])}) -> {(colon + 1 == Letters.Length ? "()" : Words(Letters[(colon + 1)..]))}";
    }

    private static string Words(string letters) => string.Join(", ", letters.Select(letter => letter switch
    {
        'i' => "i32",
        'l' => "i64",
        'f' => "f32",
        'd' => "f64",
        _ => "reference",
    }));
}
