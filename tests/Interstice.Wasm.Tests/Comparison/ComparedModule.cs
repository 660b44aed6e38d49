using System.Globalization;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Comparison;

/// <summary>A module and the calls that are made of it in two engines.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Module">The module.</param>
/// <param name="Calls">The calls, in order.</param>
/// <param name="IsFresh">Whether each call gets an instance of its own.</param>
internal sealed record ComparedModule(string Name, WasmModule Module, IReadOnlyList<ComparedCall> Calls, bool IsFresh)
{
    public const int Budget = 300;
    private const int CallsPerFunction = 3;

    /// <summary>Whether it is a generated one, which counts its own steps.</summary>
    public bool HasBudget => Module.Exports.Any(export => export.Name == GuestShape.Budget && export.Kind == ExternKind.Global);

    /// <summary>Exported globals whose value both sides can see, the budget among them.</summary>
    public IEnumerable<(string Name, ValueKind Kind)> Globals => Module.Exports
        .Where(export => export.Kind == ExternKind.Global)
        .Select(export => (export.Name, Module.Globals[export.Index].Kind))
        .Where(global => IsNumber(global.Kind));

    /// <summary>Name of the exported memory, or null.</summary>
    public string? Memory => Module.Exports.FirstOrDefault(export => export.Kind == ExternKind.Memory)?.Name;

    /// <summary>A generated module with calls of all its functions.</summary>
    public static ComparedModule Generate(int seed)
    {
        var random = new Random(seed);
        WasmModule module = WasmModule.Load(new GuestGenerator(random).Generate());
        return new ComparedModule($"generated from {seed}", module, CallsOf(module, random), IsFresh: false);
    }

    /// <summary>Any module with calls of those of its functions that take and return numbers.</summary>
    public static ComparedModule Of(string name, WasmModule module, Random random) =>
        new(name, module, CallsOf(module, random), IsFresh: true);

    /// <summary>What the program for node is given.</summary>
    public object ToPlan() => new
    {
        binary = Convert.ToBase64String(Module.Bytes.Span),
        budget = HasBudget ? Budget : (int?)null,
        isFresh = IsFresh,
        memory = Memory,
        globals = Globals.Select(global => new { name = global.Name, kind = Text(global.Kind) }),
        imports = Module.Imports.Select(import => new
        {
            module = import.Module,
            name = import.Name,
            parameters = Module.Functions[import.Index].Type.Parameters.Select(Text),
            results = Module.Functions[import.Index].Type.Results.Select(Text),
        }),
        calls = Calls.Select(call => new
        {
            name = call.Name,
            arguments = call.Arguments.Select(
                a => new { kind = Text(a.Kind), bits = a.Bits.ToString(CultureInfo.InvariantCulture) }),
            results = call.Results.Select(Text),
        }),
    };

    public override string ToString() =>
        $"{Name}: {Convert.ToHexString(Module.Bytes.Span)} with {string.Join(", ", Calls)}";

    private static ComparedCall[] CallsOf(WasmModule module, Random random) =>
    [
        .. Enumerable.Range(0, CallsPerFunction).SelectMany(_ => module.Exports
            .Where(export => export.Kind == ExternKind.Function)
            .Select(export => (export.Name, module.Functions[export.Index].Type))
            .Where(function => function.Type.Parameters.Concat(function.Type.Results).All(IsNumber))
            .Select(function => new ComparedCall(
                function.Name,
                [.. function.Type.Parameters.Select(kind => GuestArguments.Create(random, kind))],
                [.. function.Type.Results]))),
    ];

    private static bool IsNumber(ValueKind kind) => kind is ValueKind.I32 or ValueKind.I64 or ValueKind.F32 or ValueKind.F64;

    private static string Text(ValueKind kind) => kind.ToString().ToLowerInvariant();
}
