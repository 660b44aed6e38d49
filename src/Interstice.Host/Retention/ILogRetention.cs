namespace Interstice.Host.Retention;

/// <summary>Moves old parts of the log out of the store while a host runs, as far as nothing at a start needs them there.</summary>
public interface ILogRetention
{
    /// <summary>Whether there is a part that is old enough to be moved, needed or not. Cheap.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<bool> IsDueAsync(CancellationToken cancellationToken);

    /// <summary>Moves what is old enough and not needed.</summary>
    /// <param name="needs">What must stay.</param>
    /// <param name="cancellationToken">Gives up between two steps; what was moved stays moved.</param>
    /// <returns>What was moved, in one sentence for the log; null for nothing.</returns>
    Task<string?> ApplyAsync(LogNeeds needs, CancellationToken cancellationToken);
}
