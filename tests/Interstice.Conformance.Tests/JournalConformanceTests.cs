using Interstice.Conformance.Tests.Places;

namespace Interstice.Conformance.Tests;

/// <summary>The suite over the embedded journal.</summary>
public sealed class JournalConformanceTests : ConformanceSuite
{
    private protected override Task<ScenarioPlace> OpenAsync() => Task.FromResult<ScenarioPlace>(new JournalPlace());
}
