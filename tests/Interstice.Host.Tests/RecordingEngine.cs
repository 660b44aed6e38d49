using Interstice.Host.Modules;

namespace Interstice.Host.Tests;

/// <summary>An engine around another one that notes when code is loaded.</summary>
internal sealed class RecordingEngine(IModuleEngine inner, List<string> order) : IModuleEngine
{
    public const string Loaded = "code loaded";

    public string Name => inner.Name;

    public int FuelSchedule => inner.FuelSchedule;

    public int StackBytes(ModuleLimits limits) => inner.StackBytes(limits);

    public IModuleCode Load(ReadOnlyMemory<byte> binary)
    {
        order.Add(Loaded);
        return inner.Load(binary);
    }
}
