namespace Interstice.Host.Modules;

/// <summary>The port to an engine that runs module binaries.</summary>
/// <remarks>Implementations pass one contract suite. Loading a binary executes nothing.</remarks>
public interface IModuleEngine
{
    /// <summary>Name and version as recorded with each transaction, such as <c>managed-1</c>; at most 64 bytes.</summary>
    string Name { get; }

    /// <summary>Version of the fuel schedule that the engine charges by (docs/formats/fuel.md).</summary>
    int FuelSchedule { get; }

    /// <summary>Stack that a thread needs to run guests under these limits, in bytes.</summary>
    /// <param name="limits">Caps of the instances.</param>
    int StackBytes(ModuleLimits limits);

    /// <summary>Decodes and validates a binary.</summary>
    /// <param name="binary">The whole binary; must not change while the code is in use.</param>
    /// <exception cref="ModuleRefusedException">Malformed, invalid, unsupported or over a limit; the message says what and
    /// where.</exception>
    IModuleCode Load(ReadOnlyMemory<byte> binary);
}
