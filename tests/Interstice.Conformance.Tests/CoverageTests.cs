using System.Text.Json;
using Interstice.Conformance.Tests.Running;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Abi;

namespace Interstice.Conformance.Tests;

/// <summary>Goal: nothing of the ABI and no feature is left without a scenario.</summary>
public sealed class CoverageTests
{
    // B11 and C13 to C15 are not of the runtime; D5 is of the server.
    private static readonly string[] Features =
    [
        .. Enumerable.Range(1, 10).Select(number => $"B{number}"),
        .. Enumerable.Range(1, 12).Select(number => $"C{number}"),
        "D1", "D2", "D3", "D4", "D6", "D7",
    ];

    [Fact]
    public void Every_function_of_the_ABI_is_called_by_a_step_that_says_what_it_gives()
    {
        // Each script returns what its steps gave.
        HashSet<string> called = ["returns"];
        foreach (JsonElement step in Scenario.All.SelectMany(scenario => scenario.Steps)) Collect(step, called);
        HostFunction.All.Select(function => function.Name).Except(called).ShouldBeEmpty();
    }

    [Fact]
    public void Every_feature_is_shown_by_a_scenario_and_no_other_is_claimed() =>
        Scenario.All.SelectMany(scenario => scenario.Rows).Distinct().ShouldBe(Features, ignoreOrder: true);

    [Fact]
    public void Scenarios_have_names_of_their_own_and_show_something()
    {
        Scenario.All.Select(scenario => scenario.Name).ShouldBeUnique();
        Scenario.All.ShouldAllBe(scenario => scenario.Rows.Count > 0 && scenario.Steps.Count > 1);
    }

    // What a script calls counts where its outcome is compared: of what gives nothing, by the step that ends as it says.
    private static void Collect(JsonElement step, HashSet<string> called)
    {
        foreach (JsonElement inner in step.Items("script"))
        {
            called.UnionWith(ProbeStep.Of(inner).Functions);
            Collect(inner, called);
        }
    }
}
