namespace Interstice.Host.Commands;

/// <summary>A module cannot do what was asked now; nothing was changed.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">Why, and what to do.</param>
public sealed class ModuleUnavailableException(CallRefusal kind, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public CallRefusal Kind { get; } = kind;
}
