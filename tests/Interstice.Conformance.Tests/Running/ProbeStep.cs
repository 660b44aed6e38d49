using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;

namespace Interstice.Conformance.Tests.Running;

/// <summary>A kind of step of a script.</summary>
/// <param name="Word">The key that it begins with.</param>
/// <param name="Operation">Its number in the probe's scripts.</param>
/// <param name="Functions">The functions of the ABI that the probe calls for it.</param>
internal sealed record ProbeStep(string Word, int Operation, params string[] Functions)
{
    private static readonly ProbeStep[] All =
    [
        new("insert", 1, "table", "insert"),
        new("update", 2, "table", "update"),
        new("delete", 3, "table", "delete"),
        new("get", 4, "table", "get"),
        new("scan", 5, "table", "scan", "next", "close"),
        new("count", 6, "table", "count"),
        new("emit", 7, "emit"),
        new("fail", 8, "fail"),
        new("trap", 9),
        new("open", 10, "table", "scan"),
        new("next", 11, "next"),
        new("close", 12, "close"),
        new("now", 13, "now"),
        new("random", 14, "random"),
        new("caller", 15, "caller"),
        new("callerModule", 16, "caller_module"),
        new("log", 17, "log"),
        new("schedule", 18, "schedule"),
        new("cancel", 20, "cancel"),
        new("firing", 21, "firing"),
        new("call", 22, "call", "result"),
        new("needed", 23, "needed"),
        new("divide", 24),
        new("result", 26, "result"),
        new("grow", 27),
        new("spin", 28),
        new("recurse", 29),
    ];

    /// <summary>Finds the kind of a step.</summary>
    public static ProbeStep Of(JsonElement step)
    {
        ProbeStep known = All.FirstOrDefault(kind => step.Of(kind.Word) is not null) ?? throw new FormatException($"{step} is no step of a script");
        if (step.Of("index") is not null) known = known with { Functions = [.. known.Functions, "index"] };
        if (step.Of("each") is not null) known = known with { Operation = 19, Functions = ["schedule_each"] };
        if (step.Text("as") == "f32") known = known with { Operation = 25 };
        return known;
    }
}
