using Interstice.Host.Modules;
using Interstice.Kernel.Events;

namespace Interstice.Host.Following;

/// <summary>What became of looking for the code of a publication that somebody else made.</summary>
internal abstract record BuildSearch
{
    private BuildSearch()
    {
    }

    /// <summary>The code was read, and it fits its hash and its declarations.</summary>
    /// <param name="Build">The build; whoever has it disposes the code.</param>
    public sealed record Found(PublicationCandidate Build) : BuildSearch;

    /// <summary>It cannot run here.</summary>
    /// <param name="Reason">Why, and what to do.</param>
    public sealed record Refused(string Reason) : BuildSearch;
}

/// <summary>Looks for the code of a publication.</summary>
/// <param name="published">The publication.</param>
/// <param name="cancellationToken">Stops looking.</param>
/// <exception cref="EventStoreException">The store failed.</exception>
internal delegate Task<BuildSearch> BuildFinder(ModulePublished published, CancellationToken cancellationToken);
