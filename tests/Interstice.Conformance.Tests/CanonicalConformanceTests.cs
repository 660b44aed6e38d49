using Interstice.Conformance.Tests.Places;
using Interstice.EventStoreDb;

namespace Interstice.Conformance.Tests;

/// <summary>The suite over a server of EventStoreDB's protocol, our own endpoint, with events in the canonical encoding.</summary>
public sealed class CanonicalConformanceTests : ConformanceSuite
{
    private protected override async Task<ScenarioPlace> OpenAsync() => new ServerPlace(await EndpointPlace.StartAsync(), EventPayloads.Canonical);
}
