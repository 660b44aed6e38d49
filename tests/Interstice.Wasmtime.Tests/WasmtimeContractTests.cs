using Interstice.Host.Modules;
using Interstice.TestKit.Engines;

namespace Interstice.Wasmtime.Tests;

public sealed class WasmtimeContractTests : ModuleEngineContract
{
    protected override IModuleEngine CreateEngine() => new WasmtimeModuleEngine();
}
