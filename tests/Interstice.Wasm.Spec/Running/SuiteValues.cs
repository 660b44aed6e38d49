using System.Globalization;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Spec.Running;

/// <summary>Turns values of the suite into values of the engine, and compares them.</summary>
internal static class SuiteValues
{
    private const uint Canonical32 = 0x7FC0_0000;
    private const ulong Canonical64 = 0x7FF8_0000_0000_0000;

    /// <summary>The value that an argument stands for.</summary>
    /// <exception cref="NotSupportedException">The engine has no such type.</exception>
    public static Value Argument(SuiteValue value) => value.Type switch
    {
        "i32" => Value.FromBits(ValueKind.I32, Bits(value)),
        "i64" => Value.FromBits(ValueKind.I64, Bits(value)),
        "f32" => Value.FromBits(ValueKind.F32, Bits(value)),
        "f64" => Value.FromBits(ValueKind.F64, Bits(value)),
        "externref" => Value.FromExtern(value.Text == "null" ? null : new ExternHandle(value.Text ?? "")),
        "funcref" when value.Text == "null" => Value.FromFunction(null),
        _ => throw new NotSupportedException($"no argument of type {value.Type}"),
    };

    /// <summary>Whether a result is what the suite expects.</summary>
    public static bool Matches(SuiteValue expected, Value found)
    {
        if (!string.Equals(found.Kind.ToString(), expected.Type, StringComparison.OrdinalIgnoreCase)) return false;
        return (found.Kind, expected.Text) switch
        {
            (ValueKind.FuncRef or ValueKind.ExternRef, "null") => found.Reference is null,
            (ValueKind.FuncRef or ValueKind.ExternRef, null) => found.Reference is not null,
            (ValueKind.ExternRef, { } number) => new ExternHandle(number).Equals(found.Reference),
            (ValueKind.FuncRef, _) => false,
            (_, null) => true,
            (ValueKind.F32, "nan:canonical") => (found.Bits & 0x7FFF_FFFF) == Canonical32,
            (ValueKind.F32, "nan:arithmetic") => (found.Bits & Canonical32) == Canonical32,
            (ValueKind.F64, "nan:canonical") => (found.Bits & long.MaxValue) == Canonical64,
            (ValueKind.F64, "nan:arithmetic") => (found.Bits & Canonical64) == Canonical64,
            _ => found.Bits == Argument(expected).Bits,
        };
    }

    /// <summary>Values for a message: floats with their bits, since those are what is compared.</summary>
    public static string Text(IEnumerable<Value> values) => Join(values.Select(Text));

    /// <summary>Expected values for a message.</summary>
    public static string Text(IEnumerable<SuiteValue> values) => Join(values.Select(value => value.ToString()));

    private static string Text(Value value) => value.Kind switch
    {
        ValueKind.F32 => string.Create(CultureInfo.InvariantCulture, $"f32 {value.Bits} ({value.AsF32():R})"),
        ValueKind.F64 => string.Create(CultureInfo.InvariantCulture, $"f64 {value.Bits} ({value.AsF64():R})"),
        ValueKind.I32 or ValueKind.I64 =>
            $"{value.Kind.ToString().ToLowerInvariant()} {value.Bits.ToString(CultureInfo.InvariantCulture)}",
        _ => value.ToString(),
    };

    private static string Join(IEnumerable<string> parts) => $"[{string.Join(", ", parts)}]";

    private static ulong Bits(SuiteValue value) =>
        ulong.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bits)
            ? bits
            : throw new NotSupportedException($"no {value.Type} is written {value.Text ?? "without a value"}");
}
