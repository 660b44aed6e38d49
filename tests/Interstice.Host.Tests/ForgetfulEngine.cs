using Interstice.Host.Modules;
using Interstice.ManagedEngine;

namespace Interstice.Host.Tests;

/// <summary>Refuses to load one build.</summary>
internal sealed class ForgetfulEngine(byte[] refused) : IModuleEngine
{
    private readonly ManagedModuleEngine _inner = new();

    public string Name => _inner.Name;

    public int FuelSchedule => _inner.FuelSchedule;

    public int StackBytes(ModuleLimits limits) => _inner.StackBytes(limits);

    public IModuleCode Load(ReadOnlyMemory<byte> binary) => binary.Span.SequenceEqual(refused)
        ? throw new ModuleRefusedException(ModuleRefusalKind.Binary, "this engine has forgotten the build")
        : _inner.Load(binary);
}
