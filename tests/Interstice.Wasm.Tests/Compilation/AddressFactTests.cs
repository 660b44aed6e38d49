using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Reference;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Compilation;

/// <summary>Checks and marks that the compiler leaves out were really done before, on every way there.</summary>
public sealed class AddressFactTests
{
    private const long Fuel = 20_000;
    private const int PageBytes = 65_536;
    private const uint Addresses = 3;
    private const uint Choices = 3;
    private const uint Turns = 4;

    private static readonly uint[] Offsets = [0, 1, 8, 60, 120, 121, 128, 200, 4096];

    // Goal: no way through a function reaches an access whose check or mark was made on another way only.
    // Method: random nests of blocks, loops and branches around accesses through three locals that are copied and changed on
    // the way, near the ends of pages and of memory; the reference interpreter checks every access. Traps, memory
    // and fuel must be the same, and after a reset memory must be as it was.
    [Fact]
    public void Every_way_through_a_function_checks_and_marks_what_it_touches()
    {
        Random random = RandomSource.Create();
        int traps = 0, runs = 0;
        OnLargeStack(() =>
        {
            for (int i = 0; i < RandomSource.Scaled(1000); i++)
            {
                var module = new ModuleBuilder().Memory(1).Export("memory", ExternKind.Memory, 0);
                Code code = new AddressProgram(random).Make();
                module.Function("f", [I32, I32, I32, I32], [], code, I32);
                WasmModule loaded = module.Load();
                using Instance instance = Wasm.Compilation.CompiledModule.Compile(loaded)
                    .Instantiate(new Imports(), new InstanceOptions { FuelInitial = (ulong)Fuel });
                instance.CaptureImage();
                for (int call = 0; call < 8; call++, runs++)
                {
                    if (Compare(loaded, instance, random, $"run {runs}: {Convert.ToHexString(loaded.Bytes.Span)}")) traps++;
                }
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs, {traps} of them traps");
        traps.ShouldBeInRange(runs / 20, runs * 19 / 20, "both must happen");
    }

    private static bool Compare(WasmModule module, Instance instance, Random random, string where)
    {
        int[] ends = [0, 4096, 8192, PageBytes - 4300, PageBytes];
        Value[] arguments =
        [
            .. Enumerable.Range(0, (int)Addresses).Select(_ => Value.FromI32(ends[random.Next(ends.Length)] - random.Next(-4, 140))),
            Value.FromI32(random.Next()),
        ];
        var reference = new ReferenceInterpreter(module, Fuel, 1);
        instance.Fuel = Fuel;
        string expected = Outcome(() => reference.Invoke(0, arguments));
        Outcome(() => instance.Call("f", arguments)).ShouldBe(expected, where);
        instance.Fuel.ShouldBe(reference.Fuel, where);
        instance.Memory!.Read(0, PageBytes).SequenceEqual(reference.Memory).ShouldBeTrue(where);
        instance.Reset();
        instance.Memory!.Read(0, PageBytes).ContainsAnyExcept((byte)0).ShouldBeFalse(where);
        return expected.Length > 0;
    }

    private static string Outcome(Action call)
    {
        try
        {
            call();
            return "";
        }
        catch (WasmTrapException trap)
        {
            return $"{trap.Kind}";
        }
    }

    /// <summary>Locals 0 to 2 are addresses, 3 holds bits that conditions are drawn from, 4 counts turns.</summary>
    private sealed class AddressProgram(Random random)
    {
        private readonly Code _code = new();
        private int _open;

        public Code Make()
        {
            Statements(4, 14);
            return _code;
        }

        private void Statements(int depth, int count)
        {
            for (int i = random.Next(1, count); i > 0; i--) Statement(depth);
        }

        private void Statement(int depth)
        {
            uint local = (uint)random.Next((int)Addresses);
            switch (random.Next(depth == 0 ? 8 : 12))
            {
                case < 4: Access(local); break;
                case 4: Move(local); break;
                case 5: Condition().Open(Opcode.If).Get((uint)random.Next((int)Addresses)).Set(local).End(); break;
                case 6 when _open > 0: Condition().Op(Opcode.BrIf, (uint)random.Next(_open)); break;
                case 8: Nest(Opcode.Block, depth); break;
                case 9: Loop(depth); break;
                case 10: Either(depth); break;
                default: Access(local); break;
            }
        }

        private void Access(uint local)
        {
            uint offset = Offsets[random.Next(Offsets.Length)];
            switch (random.Next(4))
            {
                case 0: _code.Get(local).I64(-1).Access(Opcode.I64Store, offset); break;
                case 1: _code.Get(local).I32(-1).Access(Opcode.I32Store8, offset); break;
                case 2: _code.I32((int)offset).I32(-1).Access(Opcode.I32Store); break;
                default: _code.Get(local).Access(Opcode.I32Load, offset).Get(Choices).Op(Opcode.I32Xor).Set(Choices); break;
            }
        }

        private void Move(uint local)
        {
            int step = random.Next(3) == 0 ? random.Next(-130, 0) : random.Next(140);
            _code.Get((uint)random.Next((int)Addresses)).I32(step).Op(Opcode.I32Add).Set(local);
        }

        private void Nest(Opcode opcode, int depth)
        {
            _code.Open(opcode);
            _open++;
            Statements(depth - 1, 6);
            _open--;
            _code.End();
        }

        // Goes round while the counter has turns left; branches back from the middle use them up too.
        private void Loop(int depth)
        {
            _code.I32(random.Next(1, 4)).Set(Turns).Open(Opcode.Loop);
            _open++;
            Statements(depth - 1, 6);
            _code.I32(0).Get(Turns).I32(1).Op(Opcode.I32Sub).Tee(Turns).Op(Opcode.I32LtS).Op(Opcode.BrIf, 0u);
            _open--;
            _code.End();
        }

        private void Either(int depth)
        {
            Condition().Open(Opcode.If);
            _open++;
            Statements(depth - 1, 5);
            _code.Op([Opcode.Else]);
            Statements(depth - 1, 5);
            _open--;
            _code.End();
        }

        private Code Condition()
        {
            _code.Get(Choices).I32(1).Op(Opcode.I32Rotl).Tee(Choices).I32(random.Next(1, 8)).Op(Opcode.I32And);
            return random.Next(2) == 0 ? _code : _code.Op([Opcode.I32Eqz]);
        }
    }
}
