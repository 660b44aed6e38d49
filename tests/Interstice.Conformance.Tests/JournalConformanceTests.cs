using Interstice.Conformance.Tests.Places;
using Interstice.Conformance.Tests.Scenarios;

namespace Interstice.Conformance.Tests;

/// <summary>The suite over the embedded journal.</summary>
public sealed class JournalConformanceTests : ConformanceSuite
{
    public static TheoryData<string> HereAlone => [.. Scenario.All.Where(scenario => scenario.Only == "journal").Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(HereAlone))]
    public async Task What_only_this_store_can_do_outlives_the_host_too(string scenario) => await PlayAsync(scenario);

    private protected override Task<ScenarioPlace> OpenAsync() => Task.FromResult<ScenarioPlace>(new JournalPlace());
}
