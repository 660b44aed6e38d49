namespace Interstice.Kernel.Values;

/// <summary>Why bytes or JSON were refused.</summary>
/// <param name="Kind">What to switch on; <see cref="ValueErrorKind.None"/> after success.</param>
/// <param name="Path">Where in the value: <c>owner.address.zip</c>, <c>tags[3]</c>, <c>argument 2 "to"</c>; empty for
/// the value as a whole.</param>
/// <param name="Problem">What was expected and what was found.</param>
/// <param name="Offset">Byte at which the value went wrong; 0 for JSON.</param>
public readonly record struct ValueError(ValueErrorKind Kind, string Path, string Problem, int Offset)
{
    /// <summary>Path and problem in one sentence.</summary>
    public string Message => string.IsNullOrEmpty(Path) ? Problem ?? "" : $"{Path}: {Problem}";

    /// <inheritdoc/>
    public override string ToString() => Message;
}
