namespace Interstice.Wasm.Spec.Suites;

/// <summary>A value as wast2json writes it.</summary>
/// <param name="Type">i32, i64, f32, f64, funcref or externref.</param>
/// <param name="Text">Decimal bit pattern, <c>nan:canonical</c>, <c>nan:arithmetic</c>, <c>null</c>, or null where any
/// value of the type fits.</param>
public sealed record SuiteValue(string Type, string? Text)
{
    public override string ToString() => $"{Type} {Text ?? "(any)"}";
}
