using Interstice.Kernel.Events;

namespace Interstice.Host.Commands;

/// <summary>Says who may call what. An application registers as many as it likes; each must agree. Without one everybody may, as whoever
/// let them in decided.</summary>
public interface ICallPolicy
{
    /// <summary>Judges a call or query before it is queued, on the caller's thread.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="module">The module; may be an unknown one.</param>
    /// <param name="function">The reducer or query; may be an unknown one.</param>
    /// <param name="isQuery">Whether it is a query.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    /// <returns>Why it is denied, a sentence for the caller; null to allow it.</returns>
    ValueTask<string?> JudgeAsync(
        Identity caller, string module, string function, bool isQuery, CancellationToken cancellationToken);
}
