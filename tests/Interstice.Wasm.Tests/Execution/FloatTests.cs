using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

// docs/semantics.md, "NaN": moved floats keep their bits, arithmetic results are canonical before anything sees them.
public sealed class FloatTests
{
    private const uint Signalling32 = 0xFFA0_1234;
    private const ulong Signalling64 = 0xFFF4_0000_0000_1234;
    private const uint Canonical32 = 0x7FC0_0000;
    private const ulong Canonical64 = 0x7FF8_0000_0000_0000;

    // Each function moves its argument through something and back.
    private static ModuleBuilder Moving(ValueKind kind)
    {
        bool is32 = kind == F32;
        var module = new ModuleBuilder().Memory(1).Global(kind, true, is32 ? new Code().F32(0) : new Code().F64(0));
        int host = module.ImportFunction("host", ModuleBuilder.Signature([kind], [kind]));
        int type = module.Type(ModuleBuilder.Signature([kind], [kind]));
        module.Table(1).Elements(0, host + 1);
        void Define(string name, Code code, params ValueKind[] locals) => module.Function(name, [kind], [kind], code, locals);
        Define("parameter", new Code().Get(0));
        Define("local", new Code().Get(0).Set(1).Get(1), kind);
        Define("global", new Code().Get(0).Op(Opcode.GlobalSet, 0u).Op(Opcode.GlobalGet, 0u));
        Define("memory", new Code().I32(8).Get(0).Access(is32 ? Opcode.F32Store : Opcode.F64Store)
            .I32(8).Access(is32 ? Opcode.F32Load : Opcode.F64Load));
        Define("call", new Code().Get(0).Call(host + 1));
        Define("indirect", new Code().Get(0).I32(0).CallIndirect(type));
        Define("host", new Code().Get(0).Call(host));
        Define("select", new Code().Get(0).Append(Zero(kind)).I32(1).Op(Opcode.Select));
        Define("block", new Code().Open(Opcode.Block, kind).Get(0).Op(Opcode.Br, 0u).End());
        Define("if", new Code().I32(0).Open(Opcode.If, kind).Append(Zero(kind)).Op([Opcode.Else]).Get(0).End());
        Define("negTwice", new Code().Get(0).Op(is32 ? [Opcode.F32Neg, Opcode.F32Neg] : [Opcode.F64Neg, Opcode.F64Neg]));
        Define("copysign", new Code().Get(0).Get(0).Op(is32 ? Opcode.F32Copysign : Opcode.F64Copysign));
        Define("reinterpret", new Code().Get(0).Op(is32
            ? [Opcode.I32ReinterpretF32, Opcode.F32ReinterpretI32]
            : [Opcode.I64ReinterpretF64, Opcode.F64ReinterpretI64]));
        Define("constant", is32 ? new Code().F32(Signalling32) : new Code().F64(Signalling64));
        return module;
    }

    private static Code Zero(ValueKind kind) => kind == F32 ? new Code().F32(0) : new Code().F64(0);

    private static readonly string[] Moves =
    [
        "parameter", "local", "global", "memory", "call", "indirect", "host", "select", "block", "if", "negTwice", "copysign",
        "reinterpret", "constant",
    ];

    [Fact]
    public void A_moved_f32_keeps_the_bits_of_a_signalling_NaN()
    {
        using Instance instance = Moving(F32).Instantiate(host: ("host", Function.FromDelegate((Func<float, float>)(x => x))));
        foreach (string move in Moves)
        {
            instance.Call(move, Value.FromBits(F32, Signalling32))[0].Bits.ShouldBe(Signalling32, move);
        }
    }

    [Fact]
    public void A_moved_f64_keeps_the_bits_of_a_signalling_NaN()
    {
        using Instance instance = Moving(F64).Instantiate(host: ("host", Function.FromDelegate((Func<double, double>)(x => x))));
        foreach (string move in Moves)
        {
            instance.Call(move, Value.FromBits(F64, Signalling64))[0].Bits.ShouldBe(Signalling64, move);
        }
    }

    [Fact]
    public void A_signalling_NaN_survives_a_bound_delegate()
    {
        using Instance instance = Moving(F64).Instantiate(host: ("host", Function.FromDelegate((Func<double, double>)(x => x))));
        Func<double, double> call = instance.GetFunction("memory").Bind<Func<double, double>>();
        BitConverter.DoubleToUInt64Bits(call(BitConverter.UInt64BitsToDouble(Signalling64))).ShouldBe(Signalling64);
    }

    // The processor's own NaN of 0/0 is negative on some machines and positive on others.
    [Theory]
    [InlineData("return")]
    [InlineData("local")]
    [InlineData("movedLocal")]
    [InlineData("store")]
    [InlineData("global")]
    [InlineData("argument")]
    [InlineData("hostArgument")]
    [InlineData("reinterpret")]
    [InlineData("select")]
    [InlineData("block")]
    [InlineData("loop")]
    [InlineData("branchIf")]
    [InlineData("negAbs")]
    [InlineData("sum")]
    public void An_arithmetic_NaN_is_the_positive_canonical_one_wherever_it_goes(string through)
    {
        var seen = new List<ulong>();
        var module = new ModuleBuilder().Memory(1).Global(F64, true, new Code().F64(0));
        int host = module.ImportFunction("see", ModuleBuilder.Signature([F64], []));
        int identity = module.Function(null, [F64], [F64], new Code().Get(0));
        Code nan = new Code().Get(0).Get(0).Op(Opcode.F64Sub).Get(0).Op(Opcode.F64Mul);
        Code code = through switch
        {
            "return" => nan,
            "local" => nan.Set(1).Get(1).Get(1).Op([Opcode.F64Add]),
            "movedLocal" => new Code().Get(0).Set(1).Append(nan).Set(1).Get(1),
            "store" => new Code().I32(0).Append(nan).Access(Opcode.F64Store).I32(0).Access(Opcode.F64Load),
            "global" => nan.Op(Opcode.GlobalSet, 0u).Op(Opcode.GlobalGet, 0u),
            "argument" => nan.Call(identity),
            "hostArgument" => new Code().Append(nan).Call(host).Append(nan),
            "reinterpret" => nan.Op(Opcode.I64ReinterpretF64, Opcode.F64ReinterpretI64),
            "select" => nan.Get(0).I32(1).Op(Opcode.Select),
            "block" => new Code().Open(Opcode.Block, F64).Append(nan).Op(Opcode.Br, 0u).End(),
            "loop" => new Code().Open(Opcode.Loop, F64).Append(nan).End(),
            "branchIf" => new Code().Open(Opcode.Block, F64).Append(nan).I32(1).Op(Opcode.BrIf, 0u).End(),
            "negAbs" => nan.Op(Opcode.F64Abs, Opcode.F64Neg, Opcode.F64Neg),
            _ => new Code().Open(Opcode.Loop).Get(1).Append(nan).Op(Opcode.F64Add).Set(1)
                .Get(2).I32(1).Op(Opcode.I32Add).Tee(2).I32(3).Op(Opcode.I32LtS).Op(Opcode.BrIf, 0u).End().Get(1),
        };
        module.Function("f", [F64], [F64], code, F64, I32);
        using Instance instance = module.Instantiate(
            host: ("see", Function.FromDelegate((Action<double>)(x => seen.Add(BitConverter.DoubleToUInt64Bits(x))))));
        ulong infinity = BitConverter.DoubleToUInt64Bits(double.PositiveInfinity);
        foreach (ulong argument in (ulong[])[infinity, Signalling64, Canonical64 | 1, Canonical64 | (1UL << 63)])
        {
            instance.Call("f", Value.FromBits(F64, argument))[0].Bits.ShouldBe(Canonical64);
        }

        seen.ShouldAllBe(bits => bits == Canonical64);
    }

    [Theory]
    [InlineData("sub", Opcode.F32Sub)]
    [InlineData("mul", Opcode.F32Mul)]
    [InlineData("div", Opcode.F32Div)]
    public void An_operation_that_the_compiler_could_leave_out_still_quiets_its_operand(string name, Opcode opcode)
    {
        // x - 0, x * 1 and x / 1 are no moves.
        var module = new ModuleBuilder();
        module.Function(name, [F32], [F32], new Code().Get(0).F32(opcode == Opcode.F32Sub ? 0 : 0x3F80_0000u).Op(opcode));
        module.Function("demote", [F32], [F32], new Code().Get(0).Op(Opcode.F64PromoteF32, Opcode.F32DemoteF64));
        using Instance instance = module.Instantiate();
        instance.Call(name, Value.FromBits(F32, Signalling32))[0].Bits.ShouldBe(Canonical32);
        instance.Call("demote", Value.FromBits(F32, Signalling32))[0].Bits.ShouldBe(Canonical32);
    }

    [Fact]
    public void The_negation_of_an_arithmetic_NaN_is_the_negative_canonical_one()
    {
        var module = new ModuleBuilder();
        module.Function("f", [F64], [F64], new Code().Get(0).Get(0).Op(Opcode.F64Div, Opcode.F64Neg));
        using Instance instance = module.Instantiate();
        instance.Call("f", Value.FromF64(0))[0].Bits.ShouldBe(Canonical64 | (1UL << 63));
    }
}
