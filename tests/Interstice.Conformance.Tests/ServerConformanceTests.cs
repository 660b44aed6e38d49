using Interstice.Conformance.Tests.Places;
using Interstice.EventStoreDb;

namespace Interstice.Conformance.Tests;

/// <summary>The suite over the server that INTERSTICE_ESDB names, in streams of its own.</summary>
public sealed class ServerConformanceTests : ConformanceSuite
{
    private protected override Task<ScenarioPlace> OpenAsync() => Task.FromResult<ScenarioPlace>(new ServerPlace(NamedPlace.Find(), EventPayloads.Canonical));
}
