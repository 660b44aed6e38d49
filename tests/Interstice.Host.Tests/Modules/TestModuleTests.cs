using System.Text;
using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Tests.Modules;

/// <summary>Goes through tests/modules/modules.json: sound, hostile and refused modules, with what must happen to each.</summary>
public sealed class TestModuleTests
{
    // Small enough that every attack on a limit ends soon, large enough for all sound calls.
    private static readonly ModuleHostOptions Options = new()
    {
        Limits = new ModuleLimits { FuelPerCall = 50_000_000, FuelPerQuery = 50_000_000, MemoryPagesMax = 64, MutationsMax = 10_000 },
    };

    private static readonly Dictionary<string, ModuleTrapKind> Traps = new(StringComparer.Ordinal)
    {
        ["unreachable"] = ModuleTrapKind.Unreachable,
        ["divide by zero"] = ModuleTrapKind.Arithmetic,
        ["overflow"] = ModuleTrapKind.Arithmetic,
        ["conversion"] = ModuleTrapKind.Arithmetic,
        ["bounds"] = ModuleTrapKind.MemoryOutOfBounds,
        ["call"] = ModuleTrapKind.Table,
        ["misuse"] = ModuleTrapKind.Abi,
        ["limit: fuel"] = ModuleTrapKind.Fuel,
        ["limit: depth"] = ModuleTrapKind.Depth,
        ["limit: memory"] = ModuleTrapKind.Memory,
        ["limit: mutations or bytes"] = ModuleTrapKind.Limit,
        ["limit: iterators"] = ModuleTrapKind.Limit,
    };

    private static readonly JsonElement[] Modules = [.. Read().EnumerateArray()];

    public static TheoryData<string> Accepted => [.. Files("accepted")];

    public static TheoryData<string> Refused => [.. Files("refused")];

    [Fact]
    public void The_list_holds_the_hostile_calls_and_refusals_that_are_promised()
    {
        Modules.Sum(module => module.TryGetProperty("calls", out JsonElement calls)
            ? calls.EnumerateArray().Count(call => Text(call, "outcome") == "trapped")
            : 0).ShouldBeGreaterThanOrEqualTo(60);
        Files("refused").Count().ShouldBeGreaterThanOrEqualTo(40);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_module_that_breaks_a_rule_is_refused_by_name(string file)
    {
        JsonElement module = Find(file);
        await using HostFixture host = await HostFixture.StartAsync(options: Options);

        ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(() => host.PublishAsync(Name(file)));

        foreach (JsonElement word in module.GetProperty("names").EnumerateArray())
            refusal.Message.ShouldContain(word.GetString()!, Case.Insensitive);
        host.Host.Names.ShouldBeEmpty(refusal.Message);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task Every_call_ends_as_it_must_and_the_next_one_works(string file)
    {
        JsonElement module = Find(file);
        await using HostFixture host = await HostFixture.StartAsync(options: Options);
        string name = (await host.PublishAsync(Name(file))).Module;
        await host.PublishAsync("counter", "witness");
        ModuleSchema schema = await host.Host.ViewAsync(name, projection => projection.Schema!);
        List<string> faults = [];
        foreach (JsonElement call in module.GetProperty("calls").EnumerateArray())
        {
            int times = call.TryGetProperty("times", out JsonElement count) ? count.GetInt32() : 1;
            for (int i = 0; i < times; i++)
            {
                if (await RunAsync(host, name, schema, call) is { } fault) faults.Add($"{call}: {fault}");
            }
        }

        faults.ShouldBeEmpty();
        await host.CommitAsync("witness", "add", "1");
        (await host.RebuildAsync(name)).StateHash.ShouldBe(await host.HashAsync(name));
    }

    private static async Task<string?> RunAsync(HostFixture host, string module, ModuleSchema schema, JsonElement call)
    {
        object[] arguments = call.TryGetProperty("args", out JsonElement args) ? [.. args.EnumerateArray().Cast<object>()] : [];
        Ending ending;
        DataType? result;
        if (call.TryGetProperty("reducer", out JsonElement reducer))
        {
            result = schema.FindReducer(reducer.GetString()!)?.Result;
            ending = Describe(await host.CallAsync(module, reducer.GetString()!, arguments));
        }
        else
        {
            string query = call.GetProperty("query").GetString()!;
            result = schema.FindQuery(query)?.Result;
            ending = Describe(await host.QueryAsync(module, query, arguments));
        }

        if (ending.Outcome != Text(call, "outcome")) return $"ended as {ending}";
        if (Text(call, "trap") is { } family && ending.Trap != Traps[family]) return $"trapped as {ending.Trap}: {ending.Error}";
        if (ending.Trap is not null && !NamesPlace(ending)) return $"trapped without naming the place: {ending.Error}";
        if (Text(call, "error") is { } error && error.Length > 0 && ending.Error != error) return $"error {ending.Error}";
        return call.TryGetProperty("value", out JsonElement value) && result is not null
            && Json(result, ending.Value.Span) is var found && found != value.GetRawText()
            ? $"value {found}"
            : null;
    }

    // What the host finds after the guest has returned has no place in the guest's code.
    private static bool NamesPlace(Ending ending) =>
        ending.Error!.Contains("(in function ", StringComparison.Ordinal)
        || ending.Error.Contains("returned", StringComparison.Ordinal)
        || ending.Error.Contains("the result of", StringComparison.Ordinal);

    private static Ending Describe(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Committed committed => new("committed", null, null, committed.Value),
        CallOutcome.Rejected rejected => new("rejected", null, rejected.Error, default),
        CallOutcome.Trapped trapped => new("trapped", trapped.Kind, trapped.Error, default),
        _ => new(outcome.ToString(), null, null, default),
    };

    private static Ending Describe(QueryOutcome outcome) => outcome switch
    {
        QueryOutcome.Answered answered => new("committed", null, null, answered.Value),
        QueryOutcome.Rejected rejected => new("rejected", null, rejected.Error, default),
        QueryOutcome.Trapped trapped => new("trapped", trapped.Kind, trapped.Error, default),
        _ => new(outcome.ToString(), null, null, default),
    };

    private static string Json(DataType type, ReadOnlySpan<byte> value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) JsonValues.Write(writer, type, value);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static JsonElement Read()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "modules", "modules.json"));
        return JsonSerializer.Deserialize<JsonElement>(file);
    }

    private static IEnumerable<string> Files(string publish) =>
        Modules.Where(module => Text(module, "publish") == publish).Select(module => Text(module, "file")!);

    private static JsonElement Find(string file) => Modules.Single(module => Text(module, "file") == file);

    private static string Name(string file) => Path.GetFileNameWithoutExtension(file);

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) ? value.GetString() : null;

    private readonly record struct Ending(string Outcome, ModuleTrapKind? Trap, string? Error, ReadOnlyMemory<byte> Value);
}
