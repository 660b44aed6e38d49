using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

/// <summary>A module in which every instruction that can compute a NaN is followed by every way in which a guest can look at
/// its bits: one function for each pair, which takes two operands and returns the bits.</summary>
internal static class NaNMatrix
{
    public const ulong Canonical32 = 0x7FC0_0000;
    public const ulong Canonical64 = 0x7FF8_0000_0000_0000;

    /// <summary>Instructions with their operands and result.</summary>
    public static readonly (Opcode Opcode, ValueKind Operand, int Arity, ValueKind Result)[] Operations =
    [
        .. Of(F32, 1, Opcode.F32Ceil, Opcode.F32Floor, Opcode.F32Trunc, Opcode.F32Nearest, Opcode.F32Sqrt),
        .. Of(F32, 2, Opcode.F32Add, Opcode.F32Sub, Opcode.F32Mul, Opcode.F32Div, Opcode.F32Min, Opcode.F32Max),
        .. Of(F64, 1, Opcode.F64Ceil, Opcode.F64Floor, Opcode.F64Trunc, Opcode.F64Nearest, Opcode.F64Sqrt),
        .. Of(F64, 2, Opcode.F64Add, Opcode.F64Sub, Opcode.F64Mul, Opcode.F64Div, Opcode.F64Min, Opcode.F64Max),
        (Opcode.F32DemoteF64, F64, 1, F32), (Opcode.F64PromoteF32, F32, 1, F64),
    ];

    /// <summary>Ways of looking that need no host.</summary>
    public static readonly string[] Ways =
    [
        "reinterpret", "local", "tee", "moved local", "local of one arm", "local of a loop", "block", "if", "else", "loop",
        "br", "br_if", "br_table", "select first", "select second", "typed select", "global", "exported global",
        "store", "store and copy", "call", "call of several parameters and results", "indirect call",
        "sign by copysign", "negated twice", "absolute", "operand that waits", "block parameter", "loop parameter",
    ];

    /// <summary>Ways that go through host functions <c>see32</c> and <c>see64</c>, which return their argument.</summary>
    public static readonly string[] HostWays = ["host", "host through a table"];

    // Indices of functions, types and globals that every matrix has.
    private const int Same32 = 2, Same64 = 3, Several32 = 4, Several64 = 5;

    /// <summary>Makes the module; functions are named <c>instruction: way</c>.</summary>
    /// <param name="ways">The ways.</param>
    /// <param name="hidesSign">Whether the sign is masked out of the bits.</param>
    public static ModuleBuilder Make(IEnumerable<string> ways, bool hidesSign)
    {
        ModuleBuilder module = new ModuleBuilder().Memory(1)
            .Global(F32, true, new Code().F32(0)).Global(F64, true, new Code().F64(0))
            .Global(F32, true, new Code().F32(0)).Global(F64, true, new Code().F64(0))
            .Export("g2", ExternKind.Global, 2).Export("g3", ExternKind.Global, 3);
        module.ImportFunction("see32", ModuleBuilder.Signature([F32], [F32]));
        module.ImportFunction("see64", ModuleBuilder.Signature([F64], [F64]));
        module.Table(4).Elements(0, 0, 1, Same32, Same64);
        foreach (ValueKind kind in (ValueKind[])[F32, F64]) module.Function(null, [kind], [kind], new Code().Get(0));
        foreach (ValueKind kind in (ValueKind[])[F32, F64]) module.Function(null, [I32, kind, I64], [I64, kind, I32], new Code().Get(2).Get(1).Get(0));
        foreach (string way in ways)
        {
            foreach ((Opcode opcode, ValueKind operand, int arity, ValueKind result) in Operations)
            {
                bool is32 = result == F32;
                Code value = new Code().Get(0);
                if (arity == 2) value.Get(1);
                Code code = Look(module, way, value.Op([opcode]), result);
                if (hidesSign && is32) code.I32(int.MaxValue).Op(Opcode.I32And);
                if (hidesSign && !is32) code.I64(long.MaxValue).Op(Opcode.I64And);

                // Local 2 holds a moved value, 3 nothing yet, 4 counts, 5 takes what is beside it.
                Code begin = is32 ? new Code().F32(0x7FA0_0001).Set(2) : new Code().F64(0x7FF4_0000_0000_0001).Set(2);
                module.Function($"{opcode}: {way}", [operand, operand], [is32 ? I32 : I64], begin.Append(code), result, result, I32, I64);
            }
        }

        return module;
    }

    private static (Opcode, ValueKind, int, ValueKind)[] Of(ValueKind kind, int arity, params Opcode[] opcodes) =>
        [.. opcodes.Select(opcode => (opcode, kind, arity, kind))];

    private static Code Look(ModuleBuilder module, string way, Code nan, ValueKind kind)
    {
        bool is32 = kind == F32;
        Opcode load = is32 ? Opcode.F32Load : Opcode.F64Load, store = is32 ? Opcode.F32Store : Opcode.F64Store;
        Opcode copysign = is32 ? Opcode.F32Copysign : Opcode.F64Copysign, neg = is32 ? Opcode.F32Neg : Opcode.F64Neg;
        Opcode abs = is32 ? Opcode.F32Abs : Opcode.F64Abs;
        uint global = is32 ? 0u : 1u;
        int one = module.Type(ModuleBuilder.Signature([kind], [kind]));
        int pass = module.Type(ModuleBuilder.Signature([kind], []));
        Code zero = is32 ? new Code().F32(0) : new Code().F64(0);
        Code seen = way switch
        {
            "reinterpret" => nan,
            "local" => nan.Set(3).Get(3),
            "tee" => nan.Tee(3).Op(Opcode.Drop).Get(3),
            "moved local" => nan.Set(2).Get(2),
            "local of one arm" => new Code().I32(1).Open(Opcode.If).Append(nan).Set(2).Op([Opcode.Else]).Append(zero).Set(2).End().Get(2),
            "local of a loop" => new Code().Open(Opcode.Loop).Append(nan).Set(3)
                .Get(4).I32(1).Op(Opcode.I32Add).Tee(4).I32(3).Op(Opcode.I32LtS).Op(Opcode.BrIf, 0u).End().Get(3),
            "block" => new Code().Open(Opcode.Block, kind).Append(nan).End(),
            "if" => new Code().I32(1).Open(Opcode.If, kind).Append(nan).Op([Opcode.Else]).Get(2).End(),
            "else" => new Code().I32(0).Open(Opcode.If, kind).Get(2).Op([Opcode.Else]).Append(nan).End(),
            "loop" => new Code().Open(Opcode.Loop, kind).Append(nan).End(),
            "br" => new Code().Open(Opcode.Block, kind).Append(nan).Op(Opcode.Br, 0u).End(),
            "br_if" => new Code().Open(Opcode.Block, kind).Append(nan).I32(1).Op(Opcode.BrIf, 0u).Op(Opcode.Drop).Get(2).End(),
            "br_table" => new Code().Open(Opcode.Block, kind).Open(Opcode.Block, kind).Append(nan).I32(1).Op(Opcode.BrTable, 1u, 0u, 1u)
                .End().Op(Opcode.Drop).Get(2).End(),
            "select first" => nan.Get(2).I32(1).Op(Opcode.Select),
            "select second" => new Code().Get(2).Append(nan).I32(0).Op(Opcode.Select),
            "typed select" => nan.Get(2).I32(1).Op(Opcode.SelectTyped, 1u, (uint)kind),
            "global" => nan.Op(Opcode.GlobalSet, global).Op(Opcode.GlobalGet, global),
            "exported global" => nan.Op(Opcode.GlobalSet, global + 2).Op(Opcode.GlobalGet, global + 2),
            "store" => new Code().I32(64).Append(nan).Access(store).I32(64).Access(load),
            "store and copy" => new Code().I32(64).Append(nan).Access(store)
                .I32(128).I32(64).I32(8).Op(Opcode.MemoryCopy, 0u, 0u).I32(128).Access(load),
            "call" => nan.Call(is32 ? Same32 : Same64),
            "call of several parameters and results" => new Code().I32(1).Append(nan).I64(2).Call(is32 ? Several32 : Several64)
                .Set(4).Set(3).Set(5).Get(3),
            "indirect call" => nan.I32(is32 ? Same32 : Same64).CallIndirect(one),
            "sign by copysign" => (is32 ? new Code().F32((uint)Canonical32) : new Code().F64(Canonical64)).Append(nan).Op([copysign]),
            "negated twice" => nan.Op(neg, neg),
            "absolute" => nan.Op(abs, neg, neg),
            "operand that waits" => nan.I32(64).Append(zero).Access(store).Call(is32 ? Same32 : Same64),
            "block parameter" => nan.Open(Opcode.Block, pass).Set(3).End().Get(3),
            "loop parameter" => nan.Open(Opcode.Loop, one).Tee(3).Get(4).I32(1).Op(Opcode.I32Add).Tee(4).I32(3).Op(Opcode.I32LtS).Op(Opcode.BrIf, 0u).End(),
            "host" => nan.Call(is32 ? 0 : 1),
            _ => nan.I32(is32 ? 0 : 1).CallIndirect(one),
        };
        return seen.Op([is32 ? Opcode.I32ReinterpretF32 : Opcode.I64ReinterpretF64]);
    }
}
