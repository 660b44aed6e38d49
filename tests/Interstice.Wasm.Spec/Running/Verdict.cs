namespace Interstice.Wasm.Spec.Running;

/// <summary>How a command came out.</summary>
public abstract record Verdict
{
    /// <summary>The engine did what the suite asks.</summary>
    public sealed record Passed : Verdict;

    /// <summary>It did something else.</summary>
    /// <param name="Reason">What was expected and what was found.</param>
    public sealed record Failed(string Reason) : Verdict;

    /// <summary>The command was not run.</summary>
    /// <param name="Reason">Why not; equal for commands that are skipped for the same reason.</param>
    public sealed record Skipped(string Reason) : Verdict;

    /// <summary>The one way to pass.</summary>
    public static Verdict Pass { get; } = new Passed();
}
