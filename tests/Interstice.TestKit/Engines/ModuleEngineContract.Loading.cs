using System.Text;
using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <content>Loading, refusing, and what can be read without running anything.</content>
public abstract partial class ModuleEngineContract
{
    private static readonly byte[] Header = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0];

    // (func (result i32) (i64.const 0)), exported by nobody.
    private static readonly byte[] IllTyped =
        [.. Header, 1, 5, 1, 0x60, 0, 1, 0x7F, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x42, 0, 0x0B];

    // (func (result i32) (i32x4.extract_lane 0 (v128.const 0))), which needs SIMD.
    private static readonly byte[] Vector =
    [
        .. Header, 1, 5, 1, 0x60, 0, 1, 0x7F, 3, 2, 1, 0, 10, 25, 1, 23, 0, 0xFD, 0x0C,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFD, 0x1B, 0, 0x0B,
    ];

    [Fact]
    public void The_name_fits_into_a_record_and_the_schedule_has_a_number()
    {
        Encoding.UTF8.GetByteCount(Engine.Name).ShouldBeInRange(1, 64);
        Engine.Name.ShouldMatch("^[a-z]+-[0-9.]+$");
        Engine.FuelSchedule.ShouldBeGreaterThan(0);
        Engine.StackBytes(Limits).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void What_is_no_module_is_refused()
    {
        byte[] module = Binary("contract");
        byte[] damaged = [.. module];
        damaged[4] = 9;
        foreach (byte[] bytes in (byte[][])[[], [1, 2, 3], module[..^200], module[..(module.Length / 2)], damaged])
            Refusal(bytes).Kind.ShouldBe(ModuleRefusalKind.Binary);
    }

    [Fact]
    public void What_is_not_valid_is_refused() =>
        Refusal(IllTyped).Message.ShouldContain("type mismatch");

    [Fact]
    public void A_proposal_that_is_not_run_is_refused_by_name() =>
        Refusal(Vector).Message.ShouldContain("SIMD");

    [Fact]
    public void Imports_are_listed_with_their_types()
    {
        using IModuleCode code = Engine.Load(Binary("foreign"));
        code.Imports.ShouldBe(
        [
            new("env", "do", new FunctionShape("ilfdr:l")),
            new("env", "memory", FunctionShape.None),
            new("env", "table", FunctionShape.None),
            new("env", "global", FunctionShape.None),
        ]);
    }

    [Fact]
    public void Exports_are_listed_with_kinds_and_types_and_none_is_added()
    {
        using IModuleCode code = Engine.Load(Binary("contract"));
        code.Exports.Length.ShouldBe(45);
        code.Exports.ShouldContain(new ModuleExport("memory", "memory", FunctionShape.None));
        code.Exports.ShouldContain(new ModuleExport("slots", "table", FunctionShape.None));
        code.Exports.ShouldContain(new ModuleExport("fixed", "global", FunctionShape.None));
        code.Exports.ShouldContain(new ModuleExport("interstice_alloc", "function", new FunctionShape("i:i")));
        code.Exports.ShouldContain(new ModuleExport("interstice_init", "function", new FunctionShape(":")));
        code.Exports.ShouldContain(new ModuleExport("add", "function", new FunctionShape("ii:i")));
    }

    [Fact]
    public void Custom_sections_of_one_name_are_read_as_one()
    {
        byte[] section = [0, 6, 4, (byte)'t', (byte)'e', (byte)'s', (byte)'t', 7];
        using IModuleCode code = Engine.Load((byte[])[.. Binary("start"), .. section, .. section]);
        code.ReadCustomSections("test").ShouldBe([7, 7]);
        code.ReadCustomSections("none").ShouldBeEmpty();
        Encoding.UTF8.GetString(code.ReadCustomSections(ModuleExports.SchemaSection)).ShouldContain("\"name\":\"start\"");
    }

    [Fact]
    public void Loading_runs_nothing_and_instances_of_refused_imports_are_not_made()
    {
        using IModuleCode traps = Engine.Load(Binary("start-unreachable"));
        using IModuleCode foreign = Engine.Load(Binary("foreign"));
        Should.Throw<ModuleRefusedException>(() => new GuestUnderTest(foreign, Limits)).Kind.ShouldBe(ModuleRefusalKind.Import);
    }

    [Theory]
    [InlineData("start-unreachable", ModuleTrapKind.Unreachable)]
    [InlineData("start-loops", ModuleTrapKind.Fuel)]
    [InlineData("segment-beyond", ModuleTrapKind.MemoryOutOfBounds)]
    [InlineData("large", ModuleTrapKind.Memory)]
    public void An_instance_that_traps_while_it_is_made_is_not_made(string module, ModuleTrapKind kind)
    {
        using IModuleCode code = Engine.Load(Binary(module));
        OnGuestThread(Limits, () =>
        {
            for (int i = 0; i < 2; i++)
                Should.Throw<ModuleTrapException>(() => new GuestUnderTest(code, Limits)).Kind.ShouldBe(kind);
        });
    }

    [Fact]
    public void A_sound_module_gives_no_warning()
    {
        using IModuleCode code = Engine.Load(Binary("contract"));
        code.Warnings.ShouldBeEmpty();
    }

    private ModuleRefusedException Refusal(byte[] bytes) => Should.Throw<ModuleRefusedException>(() => Engine.Load(bytes));
}
