using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Conformance.Tests.Running;

/// <content>Calls and queries with what they must give, clients, and what was parked.</content>
internal sealed partial class ScenarioPlayer
{
    private static readonly Dictionary<string, ModuleTrapKind> Traps = new(StringComparer.Ordinal)
    {
        ["unreachable"] = ModuleTrapKind.Unreachable,
        ["arithmetic"] = ModuleTrapKind.Arithmetic,
        ["bounds"] = ModuleTrapKind.MemoryOutOfBounds,
        ["call"] = ModuleTrapKind.Table,
        ["misuse"] = ModuleTrapKind.Abi,
        ["fuel"] = ModuleTrapKind.Fuel,
        ["depth"] = ModuleTrapKind.Depth,
        ["memory"] = ModuleTrapKind.Memory,
        ["limit"] = ModuleTrapKind.Limit,
    };

    private async Task CallAsync(JsonElement step)
    {
        (string module, string function) = Target(step);
        byte[] arguments = _scripts.Arguments(module, function, step);
        Identity caller = Expectation.Who(step.Text("as") ?? "ann");
        for (int i = 0; i < step.Number("times", 1); i++)
        {
            Ending ending = step.Of("ask") is not null || step.Of("query") is not null
                ? Describe(await _host.Mediator.Send(new RunQuery(module, function, arguments, caller), Cancel))
                : Describe(await _host.Mediator.Send(new CallReducer(module, function, arguments, caller, step.Text("key")), Cancel));
            Compare(step, module, function, ending);
        }
    }

    private static (string Module, string Function) Target(JsonElement step)
    {
        if (step.Text("run") is { } runs) return (runs, "run");
        if (step.Text("ask") is { } asks) return (asks, "ask");
        string[] name = (step.Text("call") ?? step.Text("query")!).Split('.');
        return (name[0], name[1]);
    }

    private void Compare(JsonElement step, string module, string function, Ending ending)
    {
        ending.Outcome.ShouldBe(step.Text("outcome") ?? "committed", ending.Error);
        if (step.Text("trap") is { } trap) ending.Trap.ShouldBe(Traps[trap], ending.Error);
        if (step.Text("refusal") is { } refusal) ending.Refusal.ToString().ShouldBe(refusal, ending.Error);
        if (step.Text("error") is { } error) ending.Error.ShouldNotBeNull().ShouldContain(error);
        if (step.Of("repeat") is { } repeat) ending.IsRepeat.ShouldBe(repeat.GetBoolean());
        if (ending.Outcome != "committed") return;
        if (step.Of("script") is { } script)
        {
            _answers.Compare(module, script.EnumerateArray(), ending.Value).ShouldBeEmpty();
            return;
        }

        if (step.Of("value") is not { } value) return;
        ModuleSchema schema = SchemaOf(module);
        DataType type = (schema.FindReducer(function)?.Result ?? schema.FindQuery(function)?.Result)!;
        JsonElement found = ProbeAnswers.Value(type, ending.Value.Span);
        _expectation.Matches(value, found).ShouldBeTrue($"the value is {found}");
    }

    private async Task ConnectAsync(JsonElement step)
    {
        string client = step.Text("connect")!;
        ConnectOutcome outcome = await _host.Host.ConnectAsync(step.Text("to")!, Expectation.Who(client));
        _clients[client] = outcome.ShouldBeOfType<ConnectOutcome.Connected>(outcome.ToString()).Session;
    }

    private async Task DisconnectAsync(JsonElement step)
    {
        _clients.Remove(step.Text("disconnect")!, out ClientSession? session).ShouldBeTrue();
        CallOutcome outcome = await session!.DisconnectAsync();
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private async Task DecideParkedAsync(JsonElement step)
    {
        (string module, ulong id) = (step.Text("parked")!, (ulong)step.Number("id", 1));
        CallOutcome outcome = step.Of("drop") is null
            ? await _host.Host.ReplayParkedAsync(module, id)
            : await _host.Host.DropParkedAsync(module, id);
        Describe(outcome).Outcome.ShouldBe(step.Text("outcome") ?? "committed", outcome.ToString());
    }

    private static Ending Describe(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Committed committed => new("committed", null, null, null, committed.Value, committed.IsRepeat),
        CallOutcome.Rejected rejected => new("rejected", null, null, rejected.Error, default, false),
        CallOutcome.Trapped trapped => new("trapped", trapped.Kind, null, trapped.Error, default, false),
        CallOutcome.Refused refused => new("refused", null, refused.Kind, refused.Error, default, false),
        _ => new(outcome.ToString(), null, null, null, default, false),
    };

    private static Ending Describe(QueryOutcome outcome) => outcome switch
    {
        QueryOutcome.Answered answered => new("committed", null, null, null, answered.Value, false),
        QueryOutcome.Rejected rejected => new("rejected", null, null, rejected.Error, default, false),
        QueryOutcome.Trapped trapped => new("trapped", trapped.Kind, null, trapped.Error, default, false),
        QueryOutcome.Refused refused => new("refused", null, refused.Kind, refused.Error, default, false),
        _ => new(outcome.ToString(), null, null, null, default, false),
    };

    private readonly record struct Ending(
        string Outcome, ModuleTrapKind? Trap, CallRefusal? Refusal, string? Error, ReadOnlyMemory<byte> Value, bool IsRepeat);
}
