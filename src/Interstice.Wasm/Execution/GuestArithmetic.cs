using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Interstice.Wasm.Execution;

/// <summary>Instructions that trap, or whose results .NET leaves open, as small methods that are inlined into emitted
/// code.</summary>
internal static class GuestArithmetic
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    internal static int DivS32(int a, int b)
    {
        if (b == -1 && a == int.MinValue) throw Overflow();
        return a / b;
    }

    [MethodImpl(Inline)]
    internal static long DivS64(long a, long b)
    {
        if (b == -1 && a == long.MinValue) throw Overflow();
        return a / b;
    }

    [MethodImpl(Inline)]
    internal static int RemS32(int a, int b) => b == -1 ? 0 : a % b;

    [MethodImpl(Inline)]
    internal static long RemS64(long a, long b) => b == -1 ? 0 : a % b;

    // The just-in-time compiler of .NET 10 makes one load of four bytes of BitConverter.Int32BitsToSingle over a load of
    // one or two: a wrong value, and a read past the bytes that were checked. It does not for vectors.
    [MethodImpl(Inline)]
    internal static float Reinterpret32(int bits) => Vector128.CreateScalarUnsafe(bits).AsSingle().ToScalar();

    /// <inheritdoc cref="Reinterpret32"/>
    [MethodImpl(Inline)]
    internal static double Reinterpret64(long bits) => Vector128.CreateScalarUnsafe(bits).AsDouble().ToScalar();

    // The just-in-time compiler of .NET 10 makes +0 of Math.Min(+0, -0) where it knows the -0 beforehand.
    [MethodImpl(Inline)]
    internal static float Min32(float a, float b) => a == b
        ? Reinterpret32(BitConverter.SingleToInt32Bits(a) | BitConverter.SingleToInt32Bits(b))
        : MathF.Min(a, b);

    /// <inheritdoc cref="Min32"/>
    [MethodImpl(Inline)]
    internal static double Min64(double a, double b) => a == b
        ? Reinterpret64(BitConverter.DoubleToInt64Bits(a) | BitConverter.DoubleToInt64Bits(b))
        : Math.Min(a, b);

    // Without the instruction that counts zeroes, the just-in-time compiler of .NET 10 scans for a bit and takes the flags of
    // the scan, which speak of the operand, for those of the count: if (TrailingZeroCount(x) != 0) goes the wrong way.
    [MethodImpl(Inline)]
    internal static int Ctz32(int x) => Bmi1.IsSupported || ArmBase.IsSupported
        ? BitOperations.TrailingZeroCount(x)
        : BitOperations.PopCount(~(uint)x & unchecked((uint)x - 1));

    /// <inheritdoc cref="Ctz32"/>
    [MethodImpl(Inline)]
    internal static int Ctz64(long x) => Bmi1.IsSupported || ArmBase.IsSupported
        ? BitOperations.TrailingZeroCount(x)
        : BitOperations.PopCount(~(ulong)x & unchecked((ulong)x - 1));

    // Vectors, because a branch would cost more: every float that a loop stores comes through here.
    /// <summary>The positive canonical NaN for every NaN, other values as they are.</summary>
    [MethodImpl(Inline)]
    internal static float Canonical32(float x)
    {
        Vector128<float> value = Vector128.CreateScalarUnsafe(x);
        Vector128<float> canonical = Vector128.Create(0x7FC0_0000).AsSingle();
        return Vector128.ConditionalSelect(Vector128.Equals(value, value), value, canonical).ToScalar();
    }

    /// <inheritdoc cref="Canonical32"/>
    [MethodImpl(Inline)]
    internal static double Canonical64(double x)
    {
        Vector128<double> value = Vector128.CreateScalarUnsafe(x);
        Vector128<double> canonical = Vector128.Create(0x7FF8_0000_0000_0000).AsDouble();
        return Vector128.ConditionalSelect(Vector128.Equals(value, value), value, canonical).ToScalar();
    }

    // The borders are the first values whose truncation is out of range, each exact in its type. f32 has no value
    // between -2^31 - 1 and -2^31, so there the border itself is in range; likewise f32 and f64 below -2^63.
    [MethodImpl(Inline)]
    internal static int TruncF32S32(float x) => x >= -2147483648f && x < 2147483648f ? (int)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static int TruncF32U32(float x) => x > -1f && x < 4294967296f ? (int)(uint)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static int TruncF64S32(double x) => x > -2147483649d && x < 2147483648d ? (int)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static int TruncF64U32(double x) => x > -1d && x < 4294967296d ? (int)(uint)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static long TruncF32S64(float x) =>
        x >= -9223372036854775808f && x < 9223372036854775808f ? (long)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static long TruncF32U64(float x) =>
        x > -1f && x < 18446744073709551616f ? (long)(ulong)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static long TruncF64S64(double x) =>
        x >= -9223372036854775808d && x < 9223372036854775808d ? (long)x : throw Invalid(x);

    [MethodImpl(Inline)]
    internal static long TruncF64U64(double x) =>
        x > -1d && x < 18446744073709551616d ? (long)(ulong)x : throw Invalid(x);

    private static WasmTrapException Overflow() => new(TrapKind.IntegerOverflow);

    private static WasmTrapException Invalid(double x) =>
        new(double.IsNaN(x) ? TrapKind.InvalidConversionToInteger : TrapKind.IntegerOverflow);
}
