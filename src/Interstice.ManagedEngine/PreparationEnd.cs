namespace Interstice.ManagedEngine;

/// <summary>How making machine code in the background ended.</summary>
internal abstract record PreparationEnd
{
    private PreparationEnd()
    {
    }

    /// <summary>All of it was made.</summary>
    public sealed record Complete : PreparationEnd;

    /// <summary>The code was given back meanwhile.</summary>
    public sealed record Stopped : PreparationEnd;

    /// <summary>The just-in-time compiler refused.</summary>
    /// <param name="Fault">What it said.</param>
    public sealed record Failed(Exception Fault) : PreparationEnd;
}
