using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>A handler that hears of everything at least once, over restarts, because it keeps how far it came: best where its effects are, so
/// that both are kept or neither.</summary>
public interface IResumesNotifications
{
    /// <summary>Where the handler goes on.</summary>
    /// <param name="cancellationToken">The host stops.</param>
    /// <returns>The last position that it has dealt with; null to begin with the log.</returns>
    ValueTask<Position?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>All of a transaction or a publication was handled without an exception.</summary>
    /// <param name="position">Its last position.</param>
    /// <param name="cancellationToken">The host stops.</param>
    ValueTask SaveAsync(Position position, CancellationToken cancellationToken);
}
