using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

// docs/semantics.md, "Initial image and reset".
public sealed class ImageTests
{
    private const int PageBytes = 65_536;

    private static ModuleBuilder Storing()
    {
        var module = new ModuleBuilder().Memory(2, 10).Export("memory", ExternKind.Memory, 0).Data(100, 1, 2, 3, 4, 5, 6, 7, 8);
        module.Function("store8", [I32, I32], [], new Code().Get(0).Get(1).Access(Opcode.I32Store8));
        module.Function("store64", [I32, I64], [], new Code().Get(0).Get(1).Access(Opcode.I64Store));
        module.Function("storeFar", [I32, I32], [], new Code().Get(0).Get(1).Access(Opcode.I32Store, 70_000));
        module.Function("load8", [I32], [I32], new Code().Get(0).Access(Opcode.I32Load8U));
        module.Function("grow", [I32], [I32], new Code().Get(0).Op(Opcode.MemoryGrow, 0u));
        module.Function("size", [], [I32], new Code().Op(Opcode.MemorySize, 0u));
        module.Function("fill", [I32, I32, I32], [], new Code().Get(0).Get(1).Get(2).Op(Opcode.MemoryFill, 0u));
        module.Function("copy", [I32, I32, I32], [], new Code().Get(0).Get(1).Get(2).Op(Opcode.MemoryCopy, 0u, 0u));
        return module;
    }

    private static byte[] Contents(Instance instance) =>
        instance.Memory!.Read(0, (uint)instance.Memory.ByteLength).ToArray();

    // Every byte that a store touches, at every alignment around page borders, must come back.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(PageBytes)]
    [InlineData((2 * PageBytes) - 8)]
    public void Reset_undoes_stores_on_either_side_of_a_page_border(int border)
    {
        using Instance instance = Storing().Instantiate();
        instance.CaptureImage();
        byte[] image = Contents(instance);
        for (int address = Math.Max(0, border - 9); address <= Math.Min(border + 9, (2 * PageBytes) - 8); address++)
        {
            instance.Call("store64", Value.FromI32(address), Value.FromI64(-1));
            Contents(instance).AsSpan().SequenceEqual(image).ShouldBeFalse();
            instance.Reset();
            Contents(instance).AsSpan().SequenceEqual(image).ShouldBeTrue();
        }
    }

    // Goal: what is known of one local serves the next that is set from it, and never loses a write or a trap.
    // Method: chains of x + step with a store after each, near the ends of pages and of memory.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(64)]
    [InlineData(-8)]
    public void Reset_undoes_a_chain_of_stores_and_the_last_may_trap(int step)
    {
        const int Stores = 40;
        var chain = new Code();
        for (int i = 0; i < Stores; i++)
        {
            uint next = 2 + (uint)(i % 3);
            chain.Get(i == 0 ? 0 : 2 + (uint)((i - 1) % 3)).I32(step).Op(Opcode.I32Add).Tee(next).I64(-1).Access(Opcode.I64Store);
        }

        var module = new ModuleBuilder().Memory(2).Export("memory", ExternKind.Memory, 0);
        module.Function("chain", [I32], [], chain, I32, I32, I32, I32);
        using Instance instance = module.Instantiate();
        instance.CaptureImage();
        foreach (int end in (int[])[4096, 8192, PageBytes])
        {
            for (int start = end - 40; start < end + 40; start++)
            {
                instance.Call("chain", Value.FromI32(start));
                instance.Reset();
                Contents(instance).AsSpan().ContainsAnyExcept((byte)0).ShouldBeFalse($"start {start}");
            }
        }

        if (step < 0) return;
        for (int last = 0; last < 2 * Stores; last++)
        {
            int start = (2 * PageBytes) - 8 - (Stores * step) + last;
            if (last == 0) instance.Call("chain", Value.FromI32(start));
            else instance.Trap("chain", start).Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
            instance.Reset();
            Contents(instance).AsSpan().ContainsAnyExcept((byte)0).ShouldBeFalse($"start {start}");
        }
    }

    // Goal: a mark that is left out because another is near never loses a write.
    // Method: stores through one local at all pairs of offsets near the reach of a mark, at addresses near a page's
    // end.
    [Fact]
    public void Reset_undoes_every_store_through_one_address()
    {
        uint[] offsets = [0, 1, 100, 119, 120, 121, 127, 128, 129, 4000, 4096];
        foreach (uint first in offsets)
        {
            foreach (uint second in offsets)
            {
                var module = new ModuleBuilder().Memory(1);
                module.Function(
                    "f", [I32], [], new Code()
                        .Get(0).I64(-1).Access(Opcode.I64Store, first)
                        .Get(0).I64(-1).Access(Opcode.I64Store, second));
                using Instance instance = module.Instantiate();
                instance.CaptureImage();
                foreach (int address in (int[])[0, 3960, 4000, 4088, 4089, 4095, 4096])
                {
                    instance.Call("f", Value.FromI32(address));
                    instance.Reset();
                    Contents(instance).AsSpan().ContainsAnyExcept((byte)0).ShouldBeFalse($"offsets {first} and {second}, address {address}");
                }
            }
        }
    }

    [Fact]
    public void Reset_undoes_random_writes_of_every_kind()
    {
        const int seed = 20_261;
        var random = new Random(seed);
        using Instance instance = Storing().Instantiate();
        instance.CaptureImage();
        byte[] image = Contents(instance);
        for (int round = 0; round < 300; round++)
        {
            for (int step = random.Next(1, 6); step > 0; step--) WriteSomething(instance, random);
            instance.Reset();
            instance.CallI32("size").ShouldBe(2);
            Contents(instance).AsSpan().SequenceEqual(image).ShouldBeTrue($"round {round} of seed {seed}");
        }

        instance.CallI32("grow", 8).ShouldBe(2);
        Contents(instance).AsSpan(image.Length).ContainsAnyExcept((byte)0).ShouldBeFalse("grown memory must be zero");
    }

    private static void WriteSomething(Instance instance, Random random)
    {
        int bytes = (int)instance.Memory!.ByteLength;
        int at = random.Next(bytes - 8);
        int length = random.Next(Math.Min(9000, bytes - at));
        Value address = Value.FromI32(at);
        switch (random.Next(7))
        {
            case 0: instance.Call("store8", address, Value.FromI32(1 + random.Next(255))); break;
            case 1: instance.Call("store64", address, Value.FromI64(random.NextInt64())); break;
            case 2 when bytes > 70_008:
                instance.Call("storeFar", Value.FromI32(random.Next(bytes - 70_008)), Value.FromI32(-1));
                break;
            case 3: instance.Call("fill", address, Value.FromI32(7), Value.FromI32(length)); break;
            case 4: instance.Call("copy", address, Value.FromI32(random.Next(bytes - length)), Value.FromI32(length)); break;
            case 5: random.NextBytes(instance.Memory.Write((uint)at, (uint)length)); break;
            default:
                if (bytes < 10 * PageBytes) instance.CallI32("grow", 1).ShouldBe(bytes / PageBytes);
                break;
        }
    }

    [Fact]
    public void Reset_shrinks_a_grown_memory_and_growing_again_finds_zeroes()
    {
        using Instance instance = Storing().Instantiate();
        instance.CaptureImage();
        for (int round = 0; round < 3; round++)
        {
            instance.CallI32("grow", 3).ShouldBe(2);
            instance.CallI32("load8", (4 * PageBytes) + 5).ShouldBe(0);
            instance.Call("store8", Value.FromI32((4 * PageBytes) + 5), Value.FromI32(9));
            instance.Reset();
            instance.CallI32("size").ShouldBe(2);
            instance.Trap("load8", (4 * PageBytes) + 5).Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
        }
    }

    [Fact]
    public void The_image_is_the_state_at_its_capture_and_a_second_capture_replaces_it()
    {
        using Instance instance = Storing().Instantiate();
        instance.CallI32("grow", 1);
        instance.Call("store8", Value.FromI32(0), Value.FromI32(42));
        instance.CaptureImage();
        instance.Call("store8", Value.FromI32(0), Value.FromI32(43));
        instance.Reset();
        instance.CallI32("load8", 0).ShouldBe(42);
        instance.CallI32("size").ShouldBe(3);
        instance.Call("store8", Value.FromI32(0), Value.FromI32(44));
        instance.CaptureImage();
        instance.Reset();
        instance.CallI32("load8", 0).ShouldBe(44);
    }

    [Fact]
    public void Reset_restores_globals_of_every_kind_own_exported_and_imported()
    {
        var imported = new Global(Value.FromI64(5), isMutable: true);
        var module = new ModuleBuilder().ImportGlobal("g", I64, true)
            .Global(I32, true, new Code().I32(1))
            .Global(F64, true, new Code().F64(BitConverter.DoubleToUInt64Bits(1.5))).Export("shared", ExternKind.Global, 2)
            .Global(ValueKind.FuncRef, true, new Code().Op(Opcode.RefNull, (uint)ValueKind.FuncRef))
            .Elements(null, 0);
        module.Function("change", [], [], new Code()
            .I64(6).Op(Opcode.GlobalSet, 0u).I32(2).Op(Opcode.GlobalSet, 1u).F64(0).Op(Opcode.GlobalSet, 2u)
            .Op(Opcode.RefFunc, 0u).Op(Opcode.GlobalSet, 3u));
        module.Function("own", [], [I32], new Code().Op(Opcode.GlobalGet, 1u));
        module.Function("isNull", [], [I32], new Code().Op(Opcode.GlobalGet, 3u).Op([Opcode.RefIsNull]));
        using Instance instance = module.Instantiate(host: ("g", imported));
        instance.CaptureImage();
        instance.Call("change");
        imported.Value.ShouldBe(Value.FromI64(6));
        instance.CallI32("own").ShouldBe(2);
        instance.CallI32("isNull").ShouldBe(0);
        instance.Reset();
        imported.Value.ShouldBe(Value.FromI64(5));
        ((Global)instance.GetExport("shared")!).Value.ShouldBe(Value.FromF64(1.5));
        instance.CallI32("own").ShouldBe(1);
        instance.CallI32("isNull").ShouldBe(1);
    }

    [Fact]
    public void Reset_restores_tables_and_dropped_segments()
    {
        var module = new ModuleBuilder().Memory(1).Table(2, 20).Elements(0, 0).Elements(null, 1, 1).Data(null, 1, 2, 3);
        int type = module.Type(ModuleBuilder.Signature([], [I32]));
        module.Function(null, [], [I32], new Code().I32(10));
        module.Function(null, [], [I32], new Code().I32(11));
        module.Function("call", [I32], [I32], new Code().Get(0).CallIndirect(type));
        module.Function("change", [], [], new Code()
            .I32(0).I32(0).I32(2).Op(Opcode.TableInit, 1u, 0u)
            .Op(Opcode.RefNull, (uint)ValueKind.FuncRef).I32(5).Op(Opcode.TableGrow, 0u).Op(Opcode.Drop)
            .Op(Opcode.ElemDrop, 1u).Op(Opcode.DataDrop, 0u));
        module.Function("tableSize", [], [I32], new Code().Op(Opcode.TableSize, 0u));
        module.Function("init", [], [], new Code().I32(0).I32(0).I32(3).Op(Opcode.MemoryInit, 0u, 0u));
        using Instance instance = module.Instantiate();
        instance.CaptureImage();
        for (int round = 0; round < 2; round++)
        {
            instance.CallI32("call", 0).ShouldBe(10);
            instance.Trap("call", 1).Kind.ShouldBe(TrapKind.IndirectCallNull);
            instance.Call("init");
            instance.Call("change");
            instance.CallI32("call", 1).ShouldBe(11);
            instance.CallI32("tableSize").ShouldBe(7);
            instance.Trap("change").Kind.ShouldBe(TrapKind.TableOutOfBounds);
            instance.Trap("init").Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
            instance.Reset();
            instance.CallI32("tableSize").ShouldBe(2);
            instance.Memory!.Read(0, 3).ToArray().ShouldBe(new byte[3]);
        }
    }

    [Fact]
    public void Reset_after_a_trap_makes_the_next_call_like_the_first()
    {
        var module = new ModuleBuilder().Memory(1).Global(I32, true, new Code().I32(0));
        module.Function("f", [I32], [I32], new Code()
            .I32(8).I32(8).Access(Opcode.I32Load).I32(1).Op(Opcode.I32Add).Access(Opcode.I32Store)
            .Op(Opcode.GlobalGet, 0u).I32(1).Op(Opcode.I32Add).Op(Opcode.GlobalSet, 0u)
            .I32(100).Get(0).Op(Opcode.I32DivS)
            .I32(8).Access(Opcode.I32Load).Op(Opcode.I32Add).Op(Opcode.GlobalGet, 0u).Op([Opcode.I32Add]));
        using Instance instance = module.Instantiate();
        instance.CaptureImage();
        instance.CallI32("f", 10).ShouldBe(12);
        instance.Reset();
        instance.Trap("f", 0).Kind.ShouldBe(TrapKind.IntegerDivideByZero);
        instance.Reset();
        instance.CallI32("f", 10).ShouldBe(12);
    }
}
