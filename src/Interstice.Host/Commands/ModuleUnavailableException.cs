namespace Interstice.Host.Commands;

/// <summary>A module cannot do what was asked now.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">Why, and what to do.</param>
/// <param name="mayHaveChanged">Whether it is unknown what became of it; else nothing was changed.</param>
public sealed class ModuleUnavailableException(CallRefusal kind, string message, bool mayHaveChanged = false) : Exception(message)
{
    /// <summary>Whether it is unknown what became of it; else nothing was changed.</summary>
    public bool MayHaveChanged { get; } = mayHaveChanged;

    /// <summary>Why.</summary>
    public CallRefusal Kind { get; } = kind;
}
