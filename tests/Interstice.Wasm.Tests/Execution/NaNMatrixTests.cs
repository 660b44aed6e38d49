using Interstice.TestKit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Comparison;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

// docs/semantics.md, "NaN": the result of an arithmetic, demote, promote, min or max instruction is canonical before it is
// stored, reinterpreted, passed, returned or merged with a moved value.
public sealed class NaNMatrixTests
{
    private static readonly ulong[] Nans32 = [0x7FC0_0000, 0xFFC0_0000, 0x7FC0_1234, 0xFFC0_1234, 0x7FA0_0001, 0xFF80_0001];

    private static readonly ulong[] Nans64 =
    [
        0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x7FF8_0000_0000_1234, 0xFFFC_0000_0000_1234, 0x7FF0_0000_0000_0001,
        0xFFF4_0000_0000_0001,
    ];

    public static TheoryData<string> Ways => [.. NaNMatrix.Ways, .. NaNMatrix.HostWays];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_computed_NaN_is_the_positive_canonical_one_whichever_way_it_is_seen(string way)
    {
        var seen = new List<ulong>();
        Func<float, float> see32 = x =>
        {
            seen.Add(BitConverter.SingleToUInt32Bits(x));
            return x;
        };
        Func<double, double> see64 = x =>
        {
            seen.Add(BitConverter.DoubleToUInt64Bits(x));
            return x;
        };
        using Instance instance = NaNMatrix.Make([way], hidesSign: false).Instantiate(
            host: [("see32", Function.FromDelegate(see32)), ("see64", Function.FromDelegate(see64))]);
        foreach ((Opcode opcode, ValueKind operand, int arity, ValueKind result) in NaNMatrix.Operations)
        {
            ulong canonical = result == F32 ? NaNMatrix.Canonical32 : NaNMatrix.Canonical64;
            foreach ((ulong a, ulong b) in OperandsOf(opcode, operand, arity))
            {
                ulong bits = instance.Call($"{opcode}: {way}", Value.FromBits(operand, a), Value.FromBits(operand, b))[0].Bits;
                bits.ShouldBe(canonical, $"{opcode} of {a:x} and {b:x}, {way}");
            }
        }

        seen.ShouldAllBe(bits => bits == NaNMatrix.Canonical32 || bits == NaNMatrix.Canonical64);
    }

    // Where no operand is a NaN with a payload, the specification allows the canonical NaN alone, of either sign.
    [Fact]
    public void V8_computes_the_canonical_NaN_too_where_the_specification_allows_no_other()
    {
        var v8 = new V8Side(Requirement.Command("node"));
        WasmModule module = NaNMatrix.Make(NaNMatrix.Ways, hidesSign: true).Load();
        ComparedCall[] calls =
        [
            .. NaNMatrix.Operations.SelectMany(operation => NaNMatrix.Ways.SelectMany(way =>
                OperandsOf(operation.Opcode, operation.Operand, operation.Arity)
                    .Where(operands => IsPlain(operation.Operand, operands.A) && IsPlain(operation.Operand, operands.B))
                    .Select(operands => new ComparedCall(
                        $"{operation.Opcode}: {way}",
                        [Value.FromBits(operation.Operand, operands.A), Value.FromBits(operation.Operand, operands.B)],
                        [operation.Result == F32 ? I32 : I64])))),
        ];
        calls.Length.ShouldBeGreaterThan(NaNMatrix.Operations.Length * NaNMatrix.Ways.Length);

        (int lines, int traps, Difference? found) =
            Difference.Of(v8, [new ComparedModule("the matrix of NaN", module, calls, IsFresh: false)], _ => { });

        Difference.Refuse(found);
        lines.ShouldBe(calls.Length + 1);
        traps.ShouldBe(0);
    }

    /// <summary>Operands whose result is NaN: NaN of every kind beside a number, and numbers where they make one.</summary>
    private static IEnumerable<(ulong A, ulong B)> OperandsOf(Opcode opcode, ValueKind kind, int arity)
    {
        ulong one = Bits(kind, 1);
        foreach (ulong nan in kind == F32 ? Nans32 : Nans64)
        {
            yield return (nan, one);
            if (arity == 1) continue;
            yield return (one, nan);
            foreach (ulong other in kind == F32 ? Nans32 : Nans64) yield return (nan, other);
        }

        ulong infinity = Bits(kind, double.PositiveInfinity);
        switch (opcode)
        {
            case Opcode.F32Sqrt or Opcode.F64Sqrt: yield return (Bits(kind, -1), one); break;
            case Opcode.F32Add or Opcode.F64Add: yield return (infinity, Bits(kind, double.NegativeInfinity)); break;
            case Opcode.F32Sub or Opcode.F64Sub: yield return (infinity, infinity); break;
            case Opcode.F32Mul or Opcode.F64Mul: yield return (infinity, 0); break;
            case Opcode.F32Div or Opcode.F64Div: yield return (0, 0); break;
            default: break;
        }
    }

    private static bool IsPlain(ValueKind kind, ulong bits) => kind == F32
        ? bits == NaNMatrix.Canonical32 || !float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits))
        : bits == NaNMatrix.Canonical64 || !double.IsNaN(BitConverter.UInt64BitsToDouble(bits));

    private static ulong Bits(ValueKind kind, double value) =>
        kind == F32 ? BitConverter.SingleToUInt32Bits((float)value) : BitConverter.DoubleToUInt64Bits(value);
}
