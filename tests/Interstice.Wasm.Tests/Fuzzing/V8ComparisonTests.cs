using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Interstice.TestKit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Generated modules do in the engine what they do in V8 (node): results, traps, globals, the budget that is
/// left, and every byte of memory.</summary>
public sealed class V8ComparisonTests
{
    private const int Budget = 300;
    private const int CallsPerFunction = 3;

    [Fact]
    public void Generated_modules_give_the_results_that_V8_gives()
    {
        string node = Requirement.Command("node");
        Random random = RandomSource.Create();
        Guest[] guests = [.. Enumerable.Range(0, RandomSource.Scaled(100)).Select(_ => Guest.Create(random))];

        string[] expected = RunInV8(node, guests);
        (string Line, Guest Guest)[] found = RunInEngine(guests);

        expected.Length.ShouldBe(found.Length);
        int trapped = expected.Count(line => line.StartsWith("trap", StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine($"{expected.Length} lines, {trapped} of them traps");
        trapped.ShouldBeInRange(1, expected.Length / 2, "a test of traps alone would show little");
        for (int i = 0; i < expected.Length; i++)
            found[i].Line.ShouldBe(expected[i], found[i].Guest.ToString());
    }

    private static (string Line, Guest Guest)[] RunInEngine(Guest[] guests)
    {
        var lines = new List<(string Line, Guest Guest)>();
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    foreach (Guest guest in guests) lines.AddRange(Run(guest).Select(line => (line, guest)));
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            GuestStack.BytesFor(InstanceOptions.Default.CallDepthMax));
        thread.Start();
        thread.Join();
        failure.ShouldBeNull();
        return [.. lines];
    }

    private static List<string> Run(Guest guest)
    {
        using CompiledModule compiled = CompiledModule.Compile(WasmModule.Load(guest.Binary));
        using Instance instance = compiled.Instantiate(new Imports());
        var budget = (Global)instance.GetExport(GuestShape.Budget)!;
        var lines = new List<string>();
        foreach (GuestCall call in guest.Calls)
        {
            budget.Value = Value.FromI32(Budget);
            string outcome;
            try
            {
                outcome = Text(instance.GetFunction(call.Name).Invoke(call.Arguments));
            }
            catch (WasmTrapException trap)
            {
                outcome = $"trap {CategoryOf(trap.Kind)}";
            }

            IEnumerable<Value> globals =
                GuestShape.Globals.Select((_, i) => ((Global)instance.GetExport($"g{i}")!).Value);
            lines.Add($"{outcome} | {Text(globals)} | {budget.Value.AsI32()}");
        }

        LinearMemory memory = instance.Memory!;
        lines.Add($"memory {memory.ByteLength} {Hash(memory.Read(0, (uint)memory.ByteLength))}");
        return lines;
    }

    private static string[] RunInV8(string node, Guest[] guests)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("interstice-v8-");
        try
        {
            string script = Path.Combine(folder.FullName, "run.js");
            string plan = Path.Combine(folder.FullName, "plan.json");
            string output = Path.Combine(folder.FullName, "lines.txt");
            File.WriteAllText(script, V8Script.Text);
            File.WriteAllText(plan, JsonSerializer.Serialize(guests.Select(Plan)));
            using Process run = Process.Start(
                new ProcessStartInfo(node, [script, plan, output]) { RedirectStandardError = true })!;
            string errors = run.StandardError.ReadToEnd();
            run.WaitForExit();
            run.ExitCode.ShouldBe(0, errors);
            return File.ReadAllLines(output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static object Plan(Guest guest) => new
    {
        binary = Convert.ToBase64String(guest.Binary),
        budget = Budget,
        globals = GuestShape.Globals.Select(kind => Name((ValueKind)kind)),
        calls = guest.Calls.Select(
            call => new
            {
                name = call.Name,
                arguments = call.Arguments.Select(
                    a => new { kind = Name(a.Kind), bits = a.Bits.ToString(CultureInfo.InvariantCulture) }),
                results = call.Results.Select(Name),
            }),
    };

    /// <summary>V8 has one message for several kinds.</summary>
    private static string CategoryOf(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "memory",
        TrapKind.IntegerDivideByZero => "zero",
        TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => "integer",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "table",
        TrapKind.IndirectCallNull or TrapKind.IndirectCallTypeMismatch => "call",
        _ => kind.ToString(),
    };

    private static string Text(IEnumerable<Value> values) => string.Join(' ', values.Select(Text));

    private static string Text(Value value) => value.Kind switch
    {
        ValueKind.F32 when float.IsNaN(value.AsF32()) => "nan",
        ValueKind.F64 when double.IsNaN(value.AsF64()) => "nan",
        _ => value.Bits.ToString(CultureInfo.InvariantCulture),
    };

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0x811C9DC5;
        foreach (byte part in bytes) hash = unchecked((hash ^ part) * 0x01000193);
        return hash;
    }

    private static string Name(ValueKind kind) => kind.ToString().ToLowerInvariant();

    private sealed record GuestCall(string Name, Value[] Arguments, IReadOnlyList<ValueKind> Results);

    private sealed record Guest(byte[] Binary, GuestCall[] Calls)
    {
        public static Guest Create(Random random)
        {
            var generator = new GuestGenerator(random);
            byte[] binary = generator.Generate();
            IEnumerable<GuestCall> calls = Enumerable.Range(0, CallsPerFunction).SelectMany(
                _ => generator.FunctionTypes.Select(
                    (type, function) => new GuestCall(
                        $"f{function}",
                        [.. GuestShape.Types[type].Parameters.Select(k => GuestArguments.Create(random, (ValueKind)k))],
                        [.. GuestShape.Types[type].Results.Select(kind => (ValueKind)kind)])));
            return new Guest(binary, [.. calls]);
        }

        public override string ToString()
        {
            IEnumerable<string> calls = Calls.Select(call => $"{call.Name}({Text(call.Arguments)})");
            return $"module {Convert.ToHexString(Binary)} with {string.Join(", ", calls)}";
        }
    }
}
