using System.Globalization;

namespace Interstice.Kernel.Hashing;

/// <summary>Sum modulo 2^128 of the hashes of rows and counters: the same for the same content, in whatever order it came to
/// be. It guards against accident, not attack (docs/formats/state-hash.md).</summary>
/// <param name="Value">The sum.</param>
public readonly record struct StateHash(UInt128 Value)
{
    /// <summary>The hash of nothing.</summary>
    public static readonly StateHash Zero;

    /// <summary>Bytes of a hash where it is stored.</summary>
    public const int Size = 16;

    /// <summary>Takes content in.</summary>
    /// <param name="left">A hash.</param>
    /// <param name="right">The hash of what is added.</param>
    public static StateHash operator +(StateHash left, StateHash right) => new(unchecked(left.Value + right.Value));

    /// <summary>Takes content out again.</summary>
    /// <param name="left">A hash.</param>
    /// <param name="right">The hash of what is taken out.</param>
    public static StateHash operator -(StateHash left, StateHash right) => new(unchecked(left.Value - right.Value));

    /// <summary>Takes content in.</summary>
    /// <param name="other">The hash of what is added.</param>
    public StateHash Add(StateHash other) => this + other;

    /// <summary>Takes content out again.</summary>
    /// <param name="other">The hash of what is taken out.</param>
    public StateHash Subtract(StateHash other) => this - other;

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">32 hexadecimal digits.</param>
    /// <param name="hash">The hash.</param>
    /// <returns><see langword="false"/> if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out StateHash hash)
    {
        hash = Zero;
        bool isHash = text.Length == Size * 2
            && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value)
            && (hash = new StateHash(value)) == hash;
        return isHash;
    }

    /// <summary>32 hexadecimal digits, most significant first.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
