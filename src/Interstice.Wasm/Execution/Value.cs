using System.Globalization;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>A WebAssembly value: its kind and either 64 bits or a reference.</summary>
/// <remarks>Floats are kept as bits, so that a NaN keeps its payload whatever is done with the value. Two values are
/// equal when kind, bits and reference are.</remarks>
public readonly record struct Value
{
    private Value(ValueKind kind, ulong bits, object? reference)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>The kind.</summary>
    public ValueKind Kind { get; }

    /// <summary>The bits of a number, zero-extended to 64; 0 for references.</summary>
    public ulong Bits { get; }

    /// <summary>The reference: a <see cref="Function"/>, a host object or null; null for numbers.</summary>
    public object? Reference { get; }

    /// <summary>Makes an i32.</summary>
    public static Value FromI32(int value) => new(ValueKind.I32, (uint)value, null);

    /// <summary>Makes an i64.</summary>
    public static Value FromI64(long value) => new(ValueKind.I64, (ulong)value, null);

    /// <summary>Makes an f32.</summary>
    public static Value FromF32(float value) => new(ValueKind.F32, BitConverter.SingleToUInt32Bits(value), null);

    /// <summary>Makes an f64.</summary>
    public static Value FromF64(double value) => new(ValueKind.F64, BitConverter.DoubleToUInt64Bits(value), null);

    /// <summary>Makes a reference to a function, or null.</summary>
    public static Value FromFunction(Function? function) => new(ValueKind.FuncRef, 0, function);

    /// <summary>Makes a reference to a host object, or null.</summary>
    public static Value FromExtern(object? reference) => new(ValueKind.ExternRef, 0, reference);

    /// <summary>Makes a number of any kind from its bits.</summary>
    /// <param name="kind">i32, i64, f32 or f64.</param>
    /// <param name="bits">Its bits; for the 32-bit kinds the upper half is ignored.</param>
    public static Value FromBits(ValueKind kind, ulong bits) => kind switch
    {
        ValueKind.I32 or ValueKind.F32 => new(kind, (uint)bits, null),
        ValueKind.I64 or ValueKind.F64 => new(kind, bits, null),
        _ => throw new ArgumentException($"a {kind} has no bits", nameof(kind)),
    };

    /// <summary>Zero or null of a kind: what a local holds at first.</summary>
    public static Value Default(ValueKind kind) => new(kind, 0, null);

    /// <summary>The i32.</summary>
    public int AsI32() => (int)Checked(ValueKind.I32).Bits;

    /// <summary>The i64.</summary>
    public long AsI64() => (long)Checked(ValueKind.I64).Bits;

    /// <summary>The f32.</summary>
    public float AsF32() => BitConverter.UInt32BitsToSingle((uint)Checked(ValueKind.F32).Bits);

    /// <summary>The f64.</summary>
    public double AsF64() => BitConverter.UInt64BitsToDouble(Checked(ValueKind.F64).Bits);

    /// <summary>The function, or null.</summary>
    public Function? AsFunction() => (Function?)Checked(ValueKind.FuncRef).Reference;

    /// <summary>The host object, or null.</summary>
    public object? AsExtern() => Checked(ValueKind.ExternRef).Reference;

    /// <summary>Makes a value of a kind from a reference.</summary>
    internal static Value FromReference(ValueKind kind, object? reference) => new(kind, 0, reference);

    /// <summary>The value with its kind, for people: <c>i32 7</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.I32 => string.Create(CultureInfo.InvariantCulture, $"i32 {AsI32()}"),
        ValueKind.I64 => string.Create(CultureInfo.InvariantCulture, $"i64 {AsI64()}"),
        ValueKind.F32 => string.Create(CultureInfo.InvariantCulture, $"f32 {AsF32()}"),
        ValueKind.F64 => string.Create(CultureInfo.InvariantCulture, $"f64 {AsF64()}"),
        _ => $"{Kind.ToString().ToLowerInvariant()} {Reference ?? "null"}",
    };

    private Value Checked(ValueKind expected) => Kind == expected
        ? this
        : throw new InvalidOperationException($"the value is {Kind}, not {expected}");
}
