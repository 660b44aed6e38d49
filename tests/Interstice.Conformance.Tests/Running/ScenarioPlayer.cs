using System.Text.Json;
using Interstice.Conformance.Tests.Places;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Clients;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Schema;

namespace Interstice.Conformance.Tests.Running;

/// <summary>Plays one scenario at one place. Behind its last step, and wherever it says so, the host is killed, what it had is compared with a replay from position
/// zero, and another host goes on.</summary>
internal sealed partial class ScenarioPlayer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    private readonly Scenario _scenario;
    private readonly ScenarioPlace _place;
    private readonly ScenarioClock _clock = new();
    private readonly HeardNotifications _heard = new();
    private readonly Dictionary<string, ClientSession> _clients = [];
    private readonly Expectation _expectation;
    private readonly ProbeScript _scripts;
    private readonly ProbeAnswers _answers;
    private ScenarioHost _host = null!;

    private ScenarioPlayer(Scenario scenario, ScenarioPlace place)
    {
        (_scenario, _place) = (scenario, place);
        _expectation = new Expectation(_clock);
        _scripts = new ProbeScript(FindSchema, _expectation);
        _answers = new ProbeAnswers(FindSchema, _expectation);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Plays; the first thing that is not as the scenario says ends it.</summary>
    public static async Task PlayAsync(Scenario scenario, ScenarioPlace place)
    {
        var player = new ScenarioPlayer(scenario, place);
        player._host = await ScenarioHost.StartAsync(place, player._clock, player._heard);
        try
        {
            List<JsonElement> rows = [];
            foreach ((int i, JsonElement step) in scenario.Steps.Index())
            {
                await Within($"step {i + 1}, {step}", () => player.StepAsync(step));
                if (step.Of("kill") is not null || step.Of("rows") is null) rows.Clear();
                else rows.Add(step);
            }

            await Within("killed at the end", () => player.KillAsync(TimeSpan.Zero));
            foreach (JsonElement step in rows) await Within($"after the restart, {step}", () => player.StepAsync(step));
            await Within("replayed at the end", player.ExpectReplayedAsync);
            await Within("run again at the end", player.ExpectRunAgainAsync);
        }
        finally
        {
            await player._host.KillAsync();
        }
    }

    private static async Task Within(string what, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{what}: {fault.Message}", fault);
        }
    }

    private Task StepAsync(JsonElement step) => step.EnumerateObject().First().Name switch
    {
        "publish" => PublishAsync(step),
        "reload" => ReloadAsync(step),
        "schemaOf" => ReadSchemaAsync(step),
        "run" or "ask" or "call" or "query" => CallAsync(step),
        "connect" => ConnectAsync(step),
        "disconnect" => DisconnectAsync(step),
        "parked" => DecideParkedAsync(step),
        "rows" => ExpectRowsAsync(step),
        "select" => SelectAsync(step),
        "aggregate" => AggregateAsync(step),
        "log" => ExpectLoggedAsync(step),
        "notified" => ExpectNotifiedAsync(step),
        "deliveries" => ExpectDeliveriesAsync(step),
        "graph" => ExpectGraphAsync(step),
        "leaks" => ExpectLeaksAsync(step),
        "version" => ExpectVersionAsync(step),
        "fault" => InjectAsync(step),
        "pass" => PassAsync(Expectation.Span(step.Text("pass")!)),
        "kill" => KillAsync(Expectation.Span(step.Text("kill")!)),
        var word => throw new FormatException($"{word} is no step"),
    };

    private ModuleSchema? FindSchema(string module) => _host.Host.FindSchema(module);

    private ModuleSchema SchemaOf(string module) =>
        FindSchema(module) ?? throw new InvalidOperationException($"there is no module {module}");

    private async Task PassAsync(TimeSpan span)
    {
        await SettleAsync();
        _clock.Advance(span);
        await SettleAsync();
    }

    // A loop has ended the turn before a look, and has done what was queued before it.
    private async Task SettleAsync()
    {
        for (int i = 0; i < 3; i++)
            foreach (string module in _host.Host.Names) await _host.Host.ViewAsync(module, _ => true);
    }

    private Task InjectAsync(JsonElement step)
    {
        _host.Store.FailAppend(_host.Store.AppendCount, step.Text("fault") switch
        {
            "answerLost" => TestKit.EventStores.FaultInjectingStore.Fault.UnknownWritten,
            "appendLost" => TestKit.EventStores.FaultInjectingStore.Fault.UnknownNotWritten,
            "refused" => TestKit.EventStores.FaultInjectingStore.Fault.RefusedBeforeWrite,
            var other => throw new FormatException($"{other} is no fault"),
        });
        return Task.CompletedTask;
    }

    // Until it is as expected: timers and deliveries come by themselves.
    private static async Task UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isExpected, Func<T, string> describe)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            T found = await look();
            if (isExpected(found)) return;
            if (patience.IsCancellationRequested) throw new InvalidOperationException($"waited in vain; last found {describe(found)}");
            await Task.Delay(5, Cancel);
        }
    }

    private Task<T> ViewAsync<T>(string module, Func<ModuleProjection, T> view) => _host.Host.ViewAsync(module, view);
}
