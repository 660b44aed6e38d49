using Interstice.Conformance.Tests.Places;
using Interstice.Conformance.Tests.Running;
using Interstice.Conformance.Tests.Scenarios;

namespace Interstice.Conformance.Tests;

/// <summary>Goal: modules can rely on every host that plays tests/conformance as it is written there.
/// Method: each scenario over one store; the host is killed behind its last step, its state compared with a replay from position zero, its calls run again.</summary>
public abstract class ConformanceSuite
{
    public static TheoryData<string> Scenarios => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_scenario_ends_as_it_says_and_outlives_the_host(string scenario) => await PlayAsync(scenario);

    private protected abstract Task<ScenarioPlace> OpenAsync();

    private protected async Task PlayAsync(string scenario)
    {
        await using ScenarioPlace place = await OpenAsync();
        await ScenarioPlayer.PlayAsync(Scenario.Find(scenario), place);
    }
}
