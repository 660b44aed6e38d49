using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>Turns delegates and callbacks of the host into functions of a WebAssembly type.</summary>
internal static class HostFunctions
{
    /// <summary>The WebAssembly type of a delegate's Invoke method.</summary>
    /// <exception cref="ArgumentException">A parameter or the result has no WebAssembly kind.</exception>
    internal static FunctionType TypeOf(MethodInfo invoke)
    {
        ValueKind[] parameters = [.. invoke.GetParameters().Select(parameter => KindOf(parameter.ParameterType, invoke))];
        Type result = invoke.ReturnType;
        ValueKind[] results = result == typeof(void) ? []
            : result.IsValueType && result.IsGenericType && result.IsAssignableTo(typeof(ITuple))
                ? [.. result.GetGenericArguments().Select(part => KindOf(part, invoke))]
                : [KindOf(result, invoke)];
        return new FunctionType([.. parameters], [.. results]);
    }

    /// <summary>Calls a delegate with values.</summary>
    internal static Value[] Invoke(Delegate function, FunctionType type, Value[] arguments)
    {
        object?[] boxed = [.. arguments.Select(Signature.Box)];
        MethodInfo invoke = function.GetType().GetMethod("Invoke")!;
        object? result = invoke.Invoke(function, BindingFlags.DoNotWrapExceptions, null, boxed, null);
        if (type.Results.IsEmpty) return [];
        if (type.Results.Length == 1 && result is not ITuple) return [Signature.Unbox(type.Results[0], result)];
        var parts = (ITuple)result!;
        return [.. type.Results.Select((kind, i) => Signature.Unbox(kind, parts[i]))];
    }

    /// <summary>Holds a callback's results against its type.</summary>
    internal static Value[] Check(FunctionType type, Value[] results)
    {
        if (results.Select(result => result.Kind).SequenceEqual(type.Results)) return results;
        string found = string.Join(' ', results.Select(result => result.Kind));
        throw new InvalidOperationException($"a host function of type {type} returned [{found}]");
    }

    /// <summary>Makes a delegate of the given type around a callback.</summary>
    internal static Delegate Adapt(Type delegateType, FunctionType type, Func<Value[], Value[]> callback)
    {
        ParameterExpression[] parameters = [.. type.Parameters.Select(kind => Expression.Parameter(Signature.ClrType(kind)))];
        Expression values = Expression.NewArrayInit(
            typeof(Value),
            type.Parameters.Select((kind, i) => Expression.Call(ToValue(kind), parameters[i])));
        Func<Value[], Value[]> called = arguments => Check(type, callback(arguments));
        Expression results = Expression.Invoke(Expression.Constant(called), values);
        Expression body = type.Results.IsEmpty
            ? results
            : Expression.Call(Expression.ArrayIndex(results, Expression.Constant(0)), FromValue(type.Results[0]));
        return Expression.Lambda(delegateType, body, parameters).Compile();
    }

    /// <summary>The method that makes a value of a .NET value.</summary>
    internal static MethodInfo ToValue(ValueKind kind) => typeof(Value).GetMethod(kind switch
    {
        ValueKind.I32 => nameof(Value.FromI32),
        ValueKind.I64 => nameof(Value.FromI64),
        ValueKind.F32 => nameof(Value.FromF32),
        ValueKind.F64 => nameof(Value.FromF64),
        ValueKind.FuncRef => nameof(Value.FromFunction),
        _ => nameof(Value.FromExtern),
    })!;

    /// <summary>The method that reads a .NET value out of a value.</summary>
    internal static MethodInfo FromValue(ValueKind kind) => typeof(Value).GetMethod(kind switch
    {
        ValueKind.I32 => nameof(Value.AsI32),
        ValueKind.I64 => nameof(Value.AsI64),
        ValueKind.F32 => nameof(Value.AsF32),
        ValueKind.F64 => nameof(Value.AsF64),
        ValueKind.FuncRef => nameof(Value.AsFunction),
        _ => nameof(Value.AsExtern),
    })!;

    private static ValueKind KindOf(Type type, MethodInfo invoke) =>
        Signature.KindOf(type) ?? throw new ArgumentException(
        $"{type} in {invoke.DeclaringType} has no WebAssembly type; use int, long, float, double, Function or object");
}
