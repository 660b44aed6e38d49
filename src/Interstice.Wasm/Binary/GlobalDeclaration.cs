namespace Interstice.Wasm.Binary;

/// <summary>A global: imported when <paramref name="Initializer"/> is null.</summary>
/// <param name="Kind">Kind of its value.</param>
/// <param name="IsMutable">Whether <c>global.set</c> may write it.</param>
/// <param name="Initializer">Its first value.</param>
public sealed record GlobalDeclaration(ValueKind Kind, bool IsMutable, ConstantExpression? Initializer);
