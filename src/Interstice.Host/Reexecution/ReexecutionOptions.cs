using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>Which recorded calls are run again, and what of it is told.</summary>
public sealed record ReexecutionOptions
{
    /// <summary>First revision; a transaction that holds it and begins before it is not run. Default: the first of the stream.</summary>
    public Revision From { get; init; } = Revision.First;

    /// <summary>Last revision, moved on to the end of its transaction; null for the last one there is.</summary>
    public Revision? To { get; init; }

    /// <summary>How many differences are kept for the report, 0 or more; all are counted. Default 100.</summary>
    public int DifferencesMax { get; init; } = 100;

    /// <summary>Limits of the instances that are not those of the record, such as memory where calls are run without a reset.</summary>
    public Modules.ModuleLimits Limits { get; init; } = new();
}
