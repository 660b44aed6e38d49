using Interstice.Kernel.Events;

namespace Interstice.Server.Hosting;

/// <summary>A module that a host publishes before it takes calls.</summary>
/// <param name="Source">Where it is from, for messages: the path of a file.</param>
/// <param name="Binary">The binary; must not change while the module runs.</param>
/// <param name="Publisher">Who publishes.</param>
/// <param name="Name">Name to publish under; null for the one that the binary declares.</param>
public sealed record StartupModule(string Source, ReadOnlyMemory<byte> Binary, Identity Publisher, string? Name = null);
