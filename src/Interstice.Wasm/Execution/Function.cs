using System.Reflection;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>A function of an instance or of the host.</summary>
/// <remarks>Calling a guest's function needs a thread with enough stack (<see cref="GuestStack"/>), one thread at a
/// time for each instance.</remarks>
public sealed partial class Function : External
{
    private Delegate? _delegate;
    private Func<Value[], Value[]>? _callback;
    private Delegate? _asDelegate;

    private Function(FunctionType type) => Type = type;

    /// <summary>Makes a guest's function.</summary>
    internal Function(FunctionType type, GuestState state, int index, int typeId, nint code)
        : this(type) => (State, Index, TypeId, Code) = (state, index, typeId, code);

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Function;

    /// <summary>Parameters and results.</summary>
    public FunctionType Type { get; }

    /// <summary>The instance that the code belongs to; null for the host's functions and after the instance's
    /// end.</summary>
    internal GuestState? State { get; private set; }

    /// <summary>Index in the instance's module.</summary>
    internal int Index { get; }

    /// <summary>Number of the type in the instance's module, from 1.</summary>
    internal int TypeId { get; }

    /// <summary>Address of the code.</summary>
    internal nint Code { get; }

    /// <summary>Makes a host function of a delegate.</summary>
    /// <param name="function">Takes int, long, float, double, <see cref="Function"/> or object (externref), and returns
    /// one of them, nothing, or several as a ValueTuple of up to seven.</param>
    /// <exception cref="ArgumentException">A parameter or the result has another type.</exception>
    public static Function FromDelegate(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        MethodInfo invoke = function.GetType().GetMethod("Invoke")!;
        return new Function(HostFunctions.TypeOf(invoke)) { _delegate = function };
    }

    /// <summary>Makes a host function of any type from a callback over values. Slower than
    /// <see cref="FromDelegate"/>.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="callback">Takes the arguments and returns the results, both of the kinds of the type.</param>
    public static Function FromCallback(FunctionType type, Func<Value[], Value[]> callback)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(callback);
        return new Function(type) { _callback = callback };
    }

    internal override string Describe() => $"function {Type}";

    /// <summary>Ends the function with its instance.</summary>
    internal void Detach() => State = null;
}
