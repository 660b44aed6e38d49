using System.Collections.Immutable;

namespace Interstice.Wasm.Binary;

/// <summary>Parameter and result kinds of a function; equal when both lists are equal.</summary>
/// <param name="Parameters">Kinds of the parameters, in order.</param>
/// <param name="Results">Kinds of the results, in order; more than one with multi-value.</param>
public sealed record FunctionType(ImmutableArray<ValueKind> Parameters, ImmutableArray<ValueKind> Results)
{
    /// <inheritdoc/>
    public bool Equals(FunctionType? other) =>
        other is not null
        && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan())
        && Results.AsSpan().SequenceEqual(other.Results.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (ValueKind kind in Parameters) hash.Add(kind);
        hash.Add(-1);
        foreach (ValueKind kind in Results) hash.Add(kind);
        return hash.ToHashCode();
    }

    /// <summary>The type as the specification writes it: <c>[i32 i64] -&gt; [f32]</c>.</summary>
    public override string ToString() => $"[{Join(Parameters)}] -> [{Join(Results)}]";

    private static string Join(ImmutableArray<ValueKind> kinds) =>
        string.Join(' ', kinds.Select(kind => kind.ToString().ToLowerInvariant()));
}
