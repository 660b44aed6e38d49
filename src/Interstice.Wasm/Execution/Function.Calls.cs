using System.Reflection;

namespace Interstice.Wasm.Execution;

/// <content>Calling functions from the host, and through it from other instances.</content>
public sealed partial class Function
{
    /// <summary>Calls the function with values. Allocates; for calls that are made often see
    /// <see cref="Bind{T}"/>.</summary>
    /// <param name="arguments">As many and of the kinds that <see cref="Type"/> says.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">Number or kinds of the arguments are wrong.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    public Value[] Invoke(params ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length != Type.Parameters.Length)
        {
            throw new ArgumentException($"{arguments.Length} arguments for {Type}", nameof(arguments));
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Kind != Type.Parameters[i])
            {
                throw new ArgumentException($"argument {i} is {arguments[i].Kind} for {Type}", nameof(arguments));
            }
        }

        return InvokeRaw(arguments.ToArray());
    }

    /// <summary>Makes a delegate that calls the function; its calls allocate nothing.</summary>
    /// <typeparam name="T">A delegate whose parameters and result are exactly those of <see cref="Type"/>: int, long,
    /// float, double, <see cref="Function"/>, object (externref).</typeparam>
    /// <exception cref="ArgumentException">The delegate's type is another, or the function has several
    /// results.</exception>
    public T Bind<T>()
        where T : Delegate => (T)Bind(typeof(T));

    /// <summary>The function as the Func or Action of its type.</summary>
    internal Delegate AsDelegate() => _asDelegate ??= Bind(Signature.DelegateType(Type));

    /// <summary>Calls the function with values that are known to be right.</summary>
    internal Value[] InvokeRaw(Value[] arguments)
    {
        if (_callback is not null) return HostFunctions.Check(Type, _callback(arguments));
        if (_delegate is not null) return HostFunctions.Invoke(_delegate, Type, arguments);
        GuestState state = State ?? throw Ended();
        var results = new Value[Type.Results.Length];
        state.Instance.Code.RawEntryFor(TypeId)(this, arguments, results);
        return results;
    }

    /// <summary>What calling a function of a disposed instance throws; emitted entries use it too.</summary>
    internal static ObjectDisposedException Ended() =>
        new(nameof(Instance), "the function's instance has been disposed");

    private Delegate Bind(Type delegateType)
    {
        MethodInfo invoke = delegateType.GetMethod("Invoke")!;
        if (!HostFunctions.TypeOf(invoke).Equals(Type) || Type.Results.Length > 1)
        {
            throw new ArgumentException($"a {delegateType} cannot call a function of type {Type}", nameof(delegateType));
        }

        if (_callback is not null)
        {
            return Rebind(delegateType, HostFunctions.Adapt(Signature.DelegateType(Type), Type, _callback));
        }

        if (_delegate is not null) return Rebind(delegateType, _delegate);
        GuestState state = State ?? throw Ended();
        return Delegate.CreateDelegate(delegateType, this, state.Instance.Code.EntryFor(TypeId));
    }

    // Straight to the method where that is possible, so that a host call costs one delegate call.
    private static Delegate Rebind(Type delegateType, Delegate function)
    {
        if (function.GetType() == delegateType) return function;
        return function.HasSingleTarget && !function.Method.IsStatic && function.Target is not null
               && Delegate.CreateDelegate(delegateType, function.Target, function.Method, throwOnBindFailure: false) is { } direct
            ? direct
            : Delegate.CreateDelegate(delegateType, function, "Invoke");
    }
}
