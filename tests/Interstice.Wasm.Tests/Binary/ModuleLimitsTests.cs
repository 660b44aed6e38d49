using System.Reflection;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Binary;

public sealed class ModuleLimitsTests
{
    private const byte Nop = 0x01, Block = 0x02, End = 0x0B, Drop = 0x1A;

    private static readonly Dictionary<string, (byte[] Binary, int Used)> Uses = new()
    {
        [nameof(ModuleLimits.ModuleBytesMax)] = (WasmBytes.Header, 8),
        [nameof(ModuleLimits.TypesMax)] = (new WasmBuilder().Type([], []).Type([], []).Build(), 2),
        [nameof(ModuleLimits.ParametersMax)] = (new WasmBuilder().Type([I32, I64, F32], []).Build(), 3),
        [nameof(ModuleLimits.ResultsMax)] = (new WasmBuilder().Type([], [I32, I64, F32]).Build(), 3),
        [nameof(ModuleLimits.ImportsMax)] = (
            new WasmBuilder().Import("a", "b", ExternKind.Global, I32, 0).Import("a", "b", ExternKind.Global, I32, 0)
                .Build(), 2),
        [nameof(ModuleLimits.ExportsMax)] = (
            new WasmBuilder().Memory(1).Export("a", ExternKind.Memory, 0).Export("b", ExternKind.Memory, 0).Build(), 2),
        [nameof(ModuleLimits.FunctionsMax)] = (
            new WasmBuilder().Type([], []).Import("a", "b", ExternKind.Function, 0).Function(0).Function(0).Build(), 3),
        [nameof(ModuleLimits.FunctionBytesMax)] = (
            new WasmBuilder().Type([], []).Function(0, Nop, Nop, Nop).Build(), 5),
        [nameof(ModuleLimits.LocalsMax)] = (
            new WasmBuilder().Type([I32], []).FunctionWithLocals(0, [(2, I64), (3, I32)]).Build(), 6),
        [nameof(ModuleLimits.LocalsTotalMax)] = (
            new WasmBuilder().Type([I32], []).Function(0).FunctionWithLocals(0, [(2, I64)]).Build(), 4),
        [nameof(ModuleLimits.NestingMax)] = (
            new WasmBuilder().Type([], []).Function(0, Block, 0x40, Block, 0x40, End, End).Build(), 2),
        [nameof(ModuleLimits.OperandsMax)] = (
            new WasmBuilder().Type([], Kinds(100)).Import("a", "b", ExternKind.Function, 0)
                .Type([], []).Function(1, [0x10, 0, .. Enumerable.Repeat(Drop, 100)]).Build(), 100),
        [nameof(ModuleLimits.BranchTargetsMax)] = (
            new WasmBuilder().Type([], []).Function(0, 0x41, 0, 0x0E, 3, 0, 0, 0, 0).Build(), 3),
        [nameof(ModuleLimits.GlobalsMax)] = (
            new WasmBuilder().Import("a", "b", ExternKind.Global, I32, 0).Global(I32, true, 0x41, 0).Build(), 2),
        [nameof(ModuleLimits.TablesMax)] = (
            new WasmBuilder().Import("a", "b", ExternKind.Table, FuncRef, 0, 0).Table(FuncRef, 0).Build(), 2),
        [nameof(ModuleLimits.TableEntriesMax)] = (
            new WasmBuilder().Import("a", "b", ExternKind.Table, FuncRef, 0, 100).Table(FuncRef, 3).Table(FuncRef, 4)
                .Build(), 7),
        [nameof(ModuleLimits.ElementSegmentsMax)] = (new WasmBuilder().Element(1, 0, 0).Element(1, 0, 0).Build(), 2),
        [nameof(ModuleLimits.ElementsMax)] = (
            new WasmBuilder().Type([], []).Function(0).Element(1, 0, 2, 0, 0).Element(1, 0, 1, 0).Build(), 3),
        [nameof(ModuleLimits.DataSegmentsMax)] = (new WasmBuilder().Data(1, 0).Data(1, 0).Build(), 2),
        [nameof(ModuleLimits.DataBytesMax)] = (new WasmBuilder().Data(1, 2, 0, 0).Data(1, 1, 0).Build(), 3),
        [nameof(ModuleLimits.CustomSectionsMax)] = (new WasmBuilder().Custom("a").Custom("b").Build(), 2),
        [nameof(ModuleLimits.NameBytesMax)] = (new WasmBuilder().Custom("äb").Build(), 3),
    };

    public static TheoryData<string> Names => [.. Properties.Select(property => property.Name)];

    private static IEnumerable<PropertyInfo> Properties =>
        typeof(ModuleLimits).GetProperties().Where(property => property.PropertyType == typeof(int));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_limit_lets_its_number_pass_and_refuses_one_more(string name)
    {
        (byte[] binary, int used) = Uses[name];

        Loading.TryLoad(binary).ShouldBeNull();
        Loading.TryLoad(binary, With(name, used)).ShouldBeNull();
        WasmFormatException refusal = Loading.Refusal(binary, With(name, used - 1));
        refusal.Kind.ShouldBe(WasmFormatErrorKind.LimitExceeded, refusal.Message);
        refusal.Message.ShouldContain($"ModuleLimits.{name}", Case.Sensitive);
        refusal.Message.ShouldContain($"limit is {used - 1}", Case.Sensitive);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_of_zero_still_loads_an_empty_module(string name)
    {
        if (name == nameof(ModuleLimits.ModuleBytesMax)) return;

        Loading.TryLoad(WasmBytes.Header, With(name, 0)).ShouldBeNull();
    }

    // Goal: counts are checked before anything is allocated for them. Method: counts of 2^31 and more in a few bytes,
    // and
    // what loading allocated.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_huge_count_costs_nothing(byte section)
    {
        byte[] binary = WasmBytes.Module(WasmBytes.Section(section, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F));
        Loading.Refusal(binary);

        AllocatedBy(() => Loading.Refusal(binary)).ShouldBeLessThan(100_000);
    }

    [Theory]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(50_001u)]
    public void Billions_of_locals_cost_nothing(uint count)
    {
        byte[] binary = new WasmBuilder().Type([], []).FunctionWithLocals(0, [(count, I64)]).Build();
        Loading.Refusal(binary).ShouldSay(WasmFormatErrorKind.LimitExceeded, "too many locals");

        AllocatedBy(() => Loading.Refusal(binary)).ShouldBeLessThan(100_000);
    }

    [Fact]
    public void More_locals_than_a_u32_counts_are_malformed() =>
        Loading.Refusal(new WasmBuilder().Type([], []).FunctionWithLocals(0, [(uint.MaxValue, I32), (2, I64)]).Build())
            .ShouldSay(WasmFormatErrorKind.Malformed, "too many locals");

    // Two bytes of code can push or take a thousand operands; what they cost has to stay in proportion to the code.
    [Fact]
    public void Calls_with_a_thousand_operands_load_without_limit_trouble_while_they_balance()
    {
        byte[] calls = [.. Enumerable.Repeat<byte[]>([0x10, 0, 0x10, 1], 20_000).SelectMany(code => code)];
        byte[] binary = new WasmBuilder()
            .Type([], Kinds(1000)).Type(Kinds(1000), []).Type([], [])
            .Import("a", "b", ExternKind.Function, 0).Import("a", "c", ExternKind.Function, 1)
            .Function(2, calls).Build();

        Loading.TryLoad(binary).ShouldBeNull();
    }

    [Fact]
    public void The_defaults_are_one_shared_instance_of_the_documented_values()
    {
        new ModuleLimits().ShouldBe(ModuleLimits.Default);
        ModuleLimits.Default.LocalsMax.ShouldBe(50_000);
        ModuleLimits.Default.ModuleBytesMax.ShouldBe(67_108_864);
    }

    private static ModuleLimits With(string name, int value)
    {
        var limits = new ModuleLimits();
        typeof(ModuleLimits).GetProperty(name)!.SetValue(limits, value);
        return limits;
    }

    private static long AllocatedBy(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Kinds(int count) => [.. Enumerable.Repeat(I32, count)];
}
