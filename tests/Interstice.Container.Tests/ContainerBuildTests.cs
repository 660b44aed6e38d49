using Interstice.TestKit;

namespace Interstice.Container.Tests;

public sealed class ContainerBuildTests
{
    // Where this is skipped there is no server but one that INTERSTICE_ESDB names, so that the suite cannot go quiet unseen.
    [Fact]
    public void Containers_can_be_started_where_the_feed_serves_Testcontainers()
    {
#if TESTCONTAINERS
        typeof(EventStoreDbContainer).Assembly.GetReferencedAssemblies().ShouldContain(assembly => assembly.Name == "Testcontainers");
#else
        Requirement.Expect(false, "testcontainers", "the package feed did not serve Testcontainers; build where it does (docs/feeds.md)");
#endif
    }
}
