using System.Linq.Expressions;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>How a function type looks in .NET: i32 is int, i64 long, f32 float, f64 double, funcref
/// <see cref="Function"/>, externref object.</summary>
internal static class Signature
{
    /// <summary>Most parameters of a delegate type of the framework.</summary>
    private const int DelegateParametersMax = 16;

    /// <summary>The .NET type of a value.</summary>
    internal static Type ClrType(ValueKind kind) => kind switch
    {
        ValueKind.I32 => typeof(int),
        ValueKind.I64 => typeof(long),
        ValueKind.F32 => typeof(float),
        ValueKind.F64 => typeof(double),
        ValueKind.FuncRef => typeof(Function),
        _ => typeof(object),
    };

    /// <summary>Whether calls across instances go through <see cref="DelegateType"/>; others pass arrays of
    /// values.</summary>
    internal static bool HasDelegateType(FunctionType type) =>
        type.Results.Length <= 1 && type.Parameters.Length <= DelegateParametersMax;

    /// <summary>The Func or Action for a type.</summary>
    internal static Type DelegateType(FunctionType type) =>
        Expression.GetDelegateType([.. type.Parameters.Select(ClrType), ReturnType(type)]);

    /// <summary>The .NET type of the first result, or void.</summary>
    internal static Type ReturnType(FunctionType type) =>
        type.Results.IsEmpty ? typeof(void) : ClrType(type.Results[0]);

    /// <summary>The kind of a .NET type, or null when it is the type of no kind.</summary>
    internal static ValueKind? KindOf(Type type) =>
        type == typeof(int) ? ValueKind.I32
        : type == typeof(long) ? ValueKind.I64
        : type == typeof(float) ? ValueKind.F32
        : type == typeof(double) ? ValueKind.F64
        : type == typeof(Function) ? ValueKind.FuncRef
        : type == typeof(object) ? ValueKind.ExternRef
        : null;

    /// <summary>Boxes a value as its .NET type.</summary>
    internal static object? Box(Value value) => value.Kind switch
    {
        ValueKind.I32 => value.AsI32(),
        ValueKind.I64 => value.AsI64(),
        ValueKind.F32 => value.AsF32(),
        ValueKind.F64 => value.AsF64(),
        _ => value.Reference,
    };

    /// <summary>Reads a boxed value.</summary>
    internal static Value Unbox(ValueKind kind, object? value) => kind switch
    {
        ValueKind.I32 => Value.FromI32((int)value!),
        ValueKind.I64 => Value.FromI64((long)value!),
        ValueKind.F32 => Value.FromF32((float)value!),
        ValueKind.F64 => Value.FromF64((double)value!),
        _ => Value.FromReference(kind, value),
    };
}
