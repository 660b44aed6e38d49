using System.Collections.Immutable;
using Interstice.Kernel.Events;

namespace Interstice.Host.Commands;

/// <summary>How a publication ended.</summary>
/// <param name="Module">Name of the module.</param>
/// <param name="Version">Number of the publication in the module's history, 1 for the first.</param>
/// <param name="Code">Hash of the binary.</param>
/// <param name="Changed">False when the module ran this binary already and nothing was written.</param>
/// <param name="Revision">Revision of the publication in the module's stream.</param>
public sealed record PublishResult(string Module, int Version, CodeHash Code, bool Changed, Revision Revision)
{
    /// <summary>What the publisher should know although the binary was accepted, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The migration steps that were taken, as JSON, in order.</summary>
    public ImmutableArray<string> Steps { get; init; } = [];
}
