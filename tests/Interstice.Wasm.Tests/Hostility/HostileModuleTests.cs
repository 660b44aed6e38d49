using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Hostility;

/// <summary>R17: every attack of the list ends in its trap, and afterwards the same instance and another one
/// work.</summary>
public sealed class HostileModuleTests
{
    private const int CallDepthMax = 1000;

    public static TheoryData<string> Names => [.. HostileCases.All.Select(attack => attack.Name)];

    [Fact]
    public void The_list_holds_the_attacks_that_are_promised_under_different_names()
    {
        foreach (HostileCase attack in HostileCases.All) TestContext.Current.TestOutputHelper?.WriteLine(attack.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine($"{HostileCases.All.Count} attacks on the engine");
        HostileCases.All.Count.ShouldBeGreaterThanOrEqualTo(100);
        HostileCases.All.Select(attack => attack.Name).ShouldBeUnique();
        HostileCases.All.Select(attack => attack.Trap).Distinct().Order().ShouldBe(
            Enum.GetValues<TrapKind>().Except([TrapKind.Aborted]), "each kind of trap but the one that another thread causes");
    }

    // Goal: no attack is more than a trap. Method: each one twice in one instance, with the same fuel: it must end in the same
    // trap at the same place with the same fuel left; then the instance, reset, and another one must work.
    [Theory]
    [MemberData(nameof(Names))]
    public void An_attack_ends_in_its_trap_and_the_next_call_works(string name)
    {
        HostileCase attack = HostileCases.All.Single(candidate => candidate.Name == name);
        OnLargeStack(
            () =>
            {
                using Instance witness = Build(module => { }).Instantiate(OptionsOf(attack));
                if (attack.IsAtStart) Should.Throw<WasmTrapException>(() => Instantiate(attack)).Kind.ShouldBe(attack.Trap);
                else Attack(attack);
                Works(witness);
            },
            2 * CallDepthMax);
    }

    private static void Attack(HostileCase attack)
    {
        using Instance instance = Instantiate(attack);
        instance.CaptureImage();
        (TrapKind, int, long)[] endings = [Ending(instance, attack), Ending(instance, attack)];
        endings[0].Item1.ShouldBe(attack.Trap);
        endings[1].ShouldBe(endings[0]);
        Works(instance);
    }

    private static (TrapKind Kind, int Function, long Fuel) Ending(Instance instance, HostileCase attack)
    {
        instance.Reset();
        instance.Fuel = attack.Fuel;
        WasmTrapException trap = instance.Trap("f");
        instance.CallDepthRemaining.ShouldBe(CallDepthMax);
        return (trap.Kind, trap.FunctionIndex, instance.Fuel);
    }

    private static void Works(Instance instance)
    {
        instance.Reset();
        instance.Fuel = 1000;
        instance.CallI32("works", 21).ShouldBe(42);
    }

    private static ModuleBuilder Build(Action<ModuleBuilder> build)
    {
        var module = new ModuleBuilder();
        build(module);
        module.Function("works", [I32], [I32], new Code().Get(0).I32(2).Op(Opcode.I32Mul));
        return module;
    }

    private static InstanceOptions OptionsOf(HostileCase attack) => new()
    {
        FuelInitial = (ulong)attack.Fuel,
        CallDepthMax = CallDepthMax,
        MemoryPagesMax = 16,
        TableEntriesMax = 1000,
    };

    private static Instance Instantiate(HostileCase attack)
    {
        Instance? made = null;
        var imports = new Imports();
        Add("nothing", () => { });
        Add("again", () => made!.GetFunction("f").Invoke());
        Add("back", () => made!.GetFunction("inner").Invoke());
        CompiledModule other = CompileOther();
        Add("other", () => Other(other, made!));
        imports.Add("host", "charge", Function.FromDelegate((Action<long>)(amount => made!.ChargeFuel(amount))));
        imports.Add("host", "refuse", Function.FromDelegate((Func<int, int>)(x => x == 2 ? x : throw new WasmTrapException(TrapKind.Host, "refused"))));
        imports.Add("host", "number", Function.FromDelegate((Action<double>)RefuseNaN));
        using CompiledModule compiled = CompiledModule.Compile(Build(attack.Build).Load());
        return made = compiled.Instantiate(imports, OptionsOf(attack));

        void Add(string name, Action action) => imports.Add("host", name, Function.FromDelegate(action));
    }

    /// <summary>Calls back through a second instance, which has what depth the first has left.</summary>
    private static void Other(CompiledModule code, Instance first)
    {
        var imports = new Imports();
        imports.Add("host", "back", Function.FromDelegate((Action)(() => first.GetFunction("f").Invoke())));
        using Instance second = code.Instantiate(imports, first.Options);
        second.CallDepthRemaining = first.CallDepthRemaining;
        second.Call("g");
    }

    private static CompiledModule CompileOther()
    {
        var module = new ModuleBuilder();
        int back = module.ImportFunction("back", ModuleBuilder.Signature([], []));
        module.Function("g", [], [], new Code().Call(back));
        return CompiledModule.Compile(module.Load());
    }

    private static void RefuseNaN(double value)
    {
        if (double.IsNaN(value) && BitConverter.DoubleToUInt64Bits(value) != 0x7FF8_0000_0000_0000)
            throw new WasmTrapException(TrapKind.Host, "NaN must be canonical");
    }
}
