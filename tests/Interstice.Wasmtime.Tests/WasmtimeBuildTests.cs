using Interstice.TestKit;

namespace Interstice.Wasmtime.Tests;

public sealed class WasmtimeBuildTests
{
    // Where this is skipped the contract suite is not in the build, so that it cannot go quiet unseen.
    [Fact]
    public void The_engine_is_built_where_the_feed_serves_it()
    {
#if WASMTIME
        new WasmtimeModuleEngine().Name.ShouldStartWith("wasmtime-");
#else
        Requirement.Expect(false, "wasmtime", "the package feed did not serve Wasmtime; build where it does (docs/feeds.md)");
#endif
    }
}
