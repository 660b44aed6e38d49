using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <summary>A checked build that is about to be published.</summary>
/// <param name="Binary">The binary.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Code">The loaded code.</param>
/// <param name="Schema">Its declarations.</param>
/// <param name="ChunkCount">Number of chunks in its code stream.</param>
/// <param name="Publisher">Who publishes.</param>
public sealed record PublicationCandidate(
    ReadOnlyMemory<byte> Binary,
    CodeHash Hash,
    IModuleCode Code,
    ModuleSchema Schema,
    int ChunkCount,
    Identity Publisher);
