using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Binary;

/// <summary>What a binary costs to load and compile grows with its size and not faster, whatever it is made of.</summary>
public sealed class LoadingCostTests
{
    private const int Smaller = 500;
    private const int Factor = 4;

    // Shapes that a careless decoder, validator or compiler takes quadratic time for, made of a number of parts.
    private static readonly Dictionary<string, Func<int, byte[]>> Shapes = new()
    {
        ["blocks inside one another"] = n => Body([.. Repeat(n, 0x02, 0x40), .. Repeat(n, 0x0B)]),
        ["loops inside one another, each left from the innermost"] = n => Body(
            [.. Repeat(n, 0x03, 0x40), .. Parts(n, i => [0x41, 0, 0x0D, .. WasmBytes.Unsigned((ulong)i)]), .. Repeat(n, 0x0B)]),
        ["ifs one after the other"] = n => Body(Repeat(n, 0x41, 0, 0x04, 0x40, 0x05, 0x0B)),
        ["operands on the stack"] = n => Body([.. Repeat(n, 0x41, 1), .. Repeat(n, 0x1A)]),
        ["operands on the stack under stores"] = n => Body([.. Repeat(n, 0x20, 0, 0x41, 0, 0x41, 0, 0x36, 2, 0), .. Repeat(n, 0x1A)]),
        ["a long expression"] = n => Body([0x41, 1, .. Repeat(n, 0x20, 0, 0x6A), 0x1A]),
        ["branches with values"] = n => Body([0x02, I32, 0x41, 1, .. Repeat(n, 0x41, 0, 0x0D, 0), 0x0B, 0x1A]),
        ["targets of one br_table"] = n => Body([0x02, 0x40, 0x41, 0, 0x0E, .. WasmBytes.Unsigned((ulong)n), .. Repeat(n + 1, 0), 0x0B]),
        ["targets of one br_table in as many blocks"] = n => Body(
            [.. Repeat(n, 0x02, 0x40), 0x41, 0, 0x0E, .. WasmBytes.Unsigned((ulong)n), .. Parts(n, i => WasmBytes.Unsigned((ulong)i)), 0, .. Repeat(n, 0x0B)]),
        ["locals of changing kinds"] = n => Module(Repeat(n, 1, I32, 1, I64), 2 * n, []),
        ["locals that are all used"] = n => Module(
            Repeat(n, 1, I32, 1, I64), 2 * n, Parts(n, i => [0x41, 1, 0x21, .. WasmBytes.Unsigned((ulong)(2 * i))])),
        ["functions"] = n => Many(n, builder => builder.Function(0)),
        ["exports"] = n => Many(n, (builder, i) => builder.Export($"e{i}", ExternKind.Function, 0)),
        ["globals"] = n => Many(n, builder => builder.Global(I32, true, 0x41, 0)),
        ["types"] = n => Many(n, builder => builder.Type([I32, I64], [F32])),
        ["element segments"] = n => Many(n, builder => builder.Element(1, 0, 1, 0)),
        ["custom sections"] = n => Many(n, builder => builder.Custom("c", 1, 2, 3)),
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    // Bytes that the thread allocates stand for the cost: they are nearly the same on every machine, and what takes time in
    // proportion to the square of a count in these steps allocates or copies as it goes.
    [Theory]
    [MemberData(nameof(Names))]
    public void Four_times_the_parts_cost_at_most_about_four_times_as_much(string shape)
    {
        byte[] small = Shapes[shape](Smaller), large = Shapes[shape](Smaller * Factor);
        Cost(large);
        (long ofSmall, long ofLarge) = (Cost(small), Cost(large));

        TestContext.Current.TestOutputHelper?.WriteLine($"{small.Length} bytes: {ofSmall}, {large.Length} bytes: {ofLarge}");
        ofLarge.ShouldBeLessThan((ofSmall * (Factor + 2)) + (64 << 10));
    }

    // Now and then a load is charged some hundred kilobytes more, as the tests that run beside this one leave the heap: the smallest
    // of several is the cost.
    private static long Cost(byte[] binary) => Enumerable.Range(0, 5).Min(_ => CostOnce(binary));

    private static long CostOnce(byte[] binary)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        using CompiledModule compiled = CompiledModule.Compile(WasmModule.Load(binary));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Body(byte[] code) => Module([1, I32], 1, code);

    private static byte[] Module(byte[] runs, int runCount, byte[] code)
    {
        byte[] body = [.. WasmBytes.Unsigned((ulong)runCount), .. runs, .. code, 0x0B];
        return WasmBytes.Module(
            WasmBytes.Section(1, 1, 0x60, 0, 0),
            WasmBytes.Section(3, 1, 0),
            WasmBytes.Section(5, 1, 0, 1),
            WasmBytes.Section(10, [1, .. WasmBytes.Unsigned((ulong)body.Length), .. body]));
    }

    private static byte[] Many(int count, Action<WasmBuilder> add) => Many(count, (builder, _) => add(builder));

    private static byte[] Many(int count, Action<WasmBuilder, int> add)
    {
        WasmBuilder builder = new WasmBuilder().Type([], []).Function(0);
        for (int i = 0; i < count; i++) add(builder, i);
        return builder.Build();
    }

    private static byte[] Repeat(int count, params byte[] part) => Parts(count, _ => part);

    private static byte[] Parts(int count, Func<int, byte[]> part) => WasmBytes.Join(Enumerable.Range(0, count).Select(part));
}
