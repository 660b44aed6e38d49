using System.Numerics;
using System.Reflection;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>Members of the run time that emitted code names.</summary>
internal static class RuntimeMethods
{
    private const BindingFlags Members =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    internal static readonly FieldInfo Fuel = Field<GuestState>(nameof(GuestState.Fuel));
    internal static readonly FieldInfo StopRequested = Field<GuestState>(nameof(GuestState.StopRequested));
    internal static readonly FieldInfo Depth = Field<GuestState>(nameof(GuestState.Depth));
    internal static readonly FieldInfo Zero = Field<GuestState>(nameof(GuestState.Zero));
    internal static readonly FieldInfo MemoryBase = Field<GuestState>(nameof(GuestState.MemoryBase));
    internal static readonly FieldInfo Table0 = Field<GuestState>(nameof(GuestState.Table0));
    internal static readonly FieldInfo TableBlocks = Field<GuestState>(nameof(GuestState.TableBlocks));
    internal static readonly FieldInfo ResultBits = Field<GuestState>(nameof(GuestState.ResultBits));
    internal static readonly FieldInfo ResultReferences = Field<GuestState>(nameof(GuestState.ResultReferences));
    internal static readonly FieldInfo OpaqueConstants = Field<GuestState>(nameof(GuestState.OpaqueConstants));
    internal static readonly FieldInfo CellBits = Field<Global>(nameof(Global.Bits));
    internal static readonly FieldInfo CellReference = Field<Global>(nameof(Global.Reference));
    internal static readonly FieldInfo BridgeCaller = Field<BridgeCall>(nameof(BridgeCall.Caller));
    internal static readonly FieldInfo BridgeFunction = Field<BridgeCall>(nameof(BridgeCall.Function));

    internal static readonly MethodInfo Canonical32 = Arithmetic(nameof(GuestArithmetic.Canonical32));
    internal static readonly MethodInfo Canonical64 = Arithmetic(nameof(GuestArithmetic.Canonical64));
    internal static readonly MethodInfo Unreachable = Runtime(nameof(GuestRuntime.Unreachable));
    internal static readonly MethodInfo OutOfFuel = Runtime(nameof(GuestRuntime.OutOfFuel));
    internal static readonly MethodInfo ResolveIndirect = Runtime(nameof(GuestRuntime.ResolveIndirect));
    internal static readonly MethodInfo Translate = Method(typeof(Boundary), nameof(Boundary.Translate));
    internal static readonly MethodInfo FunctionState = Method(typeof(Function), "get_" + nameof(Function.State));
    internal static readonly MethodInfo FunctionCode = Method(typeof(Function), "get_" + nameof(Function.Code));
    internal static readonly MethodInfo FunctionEnded = Method(typeof(Function), nameof(Function.Ended));
    internal static readonly MethodInfo FunctionDelegate = Method(typeof(Function), nameof(Function.AsDelegate));
    internal static readonly MethodInfo FunctionInvokeRaw = Method(typeof(Function), nameof(Function.InvokeRaw));

    /// <summary>The method that carries out an instruction.</summary>
    internal static MethodInfo Of(Opcode opcode) => opcode switch
    {
        Opcode.MemoryGrow => Runtime(nameof(GuestRuntime.MemoryGrow)),
        Opcode.MemoryCopy => Runtime(nameof(GuestRuntime.MemoryCopy)),
        Opcode.MemoryFill => Runtime(nameof(GuestRuntime.MemoryFill)),
        Opcode.MemoryInit => Runtime(nameof(GuestRuntime.MemoryInit)),
        Opcode.DataDrop => Runtime(nameof(GuestRuntime.DataDrop)),
        Opcode.TableGet => Runtime(nameof(GuestRuntime.TableGet)),
        Opcode.TableSet => Runtime(nameof(GuestRuntime.TableSet)),
        Opcode.TableSize => Runtime(nameof(GuestRuntime.TableSize)),
        Opcode.TableGrow => Runtime(nameof(GuestRuntime.TableGrow)),
        Opcode.TableFill => Runtime(nameof(GuestRuntime.TableFill)),
        Opcode.TableCopy => Runtime(nameof(GuestRuntime.TableCopy)),
        Opcode.TableInit => Runtime(nameof(GuestRuntime.TableInit)),
        Opcode.ElemDrop => Runtime(nameof(GuestRuntime.ElementDrop)),
        Opcode.RefFunc => Runtime(nameof(GuestRuntime.FunctionReference)),
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, null),
    };

    /// <summary>A method of <see cref="GuestArithmetic"/>.</summary>
    internal static MethodInfo Arithmetic(string name) => Method(typeof(GuestArithmetic), name);

    /// <summary>A method of <see cref="BitOperations"/> over the unsigned form of a kind.</summary>
    internal static MethodInfo Bits(string name, ValueKind kind)
    {
        Type operand = kind == ValueKind.I32 ? typeof(uint) : typeof(ulong);
        return typeof(BitOperations).GetMethod(name, [operand])!;
    }

    /// <summary>A method of Math over float or double.</summary>
    internal static MethodInfo MathOf(string name, ValueKind kind, int operands)
    {
        (Type holder, Type operand) = kind == ValueKind.F32 ? (typeof(MathF), typeof(float)) : (typeof(Math), typeof(double));
        Type[] types = operands == 1 ? [operand] : [operand, operand];
        return holder.GetMethod(name, types) ?? typeof(Math).GetMethod(name, types)!;
    }

    private static MethodInfo Runtime(string name) => Method(typeof(GuestRuntime), name);

    private static MethodInfo Method(Type type, string name) => type.GetMethod(name, Members)!;

    private static FieldInfo Field<T>(string name) => typeof(T).GetField(name, Members)!;
}
