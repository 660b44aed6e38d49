using Interstice.Host.Modules;
using Interstice.TestKit.Engines;

namespace Interstice.ManagedEngine.Tests;

public sealed class ManagedEngineContractTests : ModuleEngineContract
{
    protected override IModuleEngine CreateEngine() => new ManagedModuleEngine();
}
