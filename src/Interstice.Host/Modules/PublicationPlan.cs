using System.Collections.Immutable;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema.Diff;

namespace Interstice.Host.Modules;

/// <summary>What publishing a binary would do. It was tried over the rows, and nothing was changed.</summary>
/// <param name="Module">Name of the module.</param>
/// <param name="Version">Number that the publication would have, or has if the module runs this binary.</param>
/// <param name="DeclaredVersion">Version that the binary declares.</param>
/// <param name="CurrentVersion">Version that the build in force declares; null for the first publication.</param>
/// <param name="Code">Hash of the binary.</param>
/// <param name="RunsAlready">Whether the module runs this binary, so that publishing it changes nothing.</param>
public sealed record PublicationPlan(
    string Module, int Version, string DeclaredVersion, string? CurrentVersion, CodeHash Code, bool RunsAlready)
{
    /// <summary>What changes between the declarations.</summary>
    public ImmutableArray<SchemaChange> Changes { get; init; } = [];

    /// <summary>The migration steps, in order.</summary>
    public ImmutableArray<PlannedStep> Steps { get; init; } = [];

    /// <summary>What the reducers among the steps wrote when they were tried, in their order.</summary>
    public ImmutableArray<ReducerEffects> Effects { get; init; } = [];

    /// <summary>Every reason why it cannot be published; empty if it can.</summary>
    public ImmutableArray<string> Refusals { get; init; } = [];
}
