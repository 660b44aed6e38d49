namespace Interstice.Kernel.Schema.Diff;

/// <summary>One change between two versions of a module's declarations.</summary>
/// <param name="Subject">What changed: <c>table "accounts"</c>.</param>
/// <param name="Effect">What it asks for.</param>
/// <param name="Sentence">What changed, and what becomes of rows or callers, as the end of a sentence about the subject.</param>
public sealed record SchemaChange(string Subject, ChangeEffect Effect, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Subject} {Sentence}";
}
