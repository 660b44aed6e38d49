namespace Interstice.Kernel.Schema;

/// <summary>A module's declarations contradict the ABI or themselves.</summary>
public sealed class SchemaException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">What to switch on.</param>
    /// <param name="declaration">The declaration, as <c>table "accounts"</c>; <c>schema</c> for the whole.</param>
    /// <param name="line">Line of the declaration, counted from 1; 0 when no single line is to blame.</param>
    /// <param name="message">What was wrong, where, and what to do.</param>
    public SchemaException(SchemaErrorKind kind, string declaration, int line, string message)
        : base(message)
    {
        Kind = kind;
        Declaration = declaration;
        Line = line;
    }

    /// <summary>What to switch on.</summary>
    public SchemaErrorKind Kind { get; }

    /// <summary>The declaration, as <c>table "accounts"</c>; <c>schema</c> for the whole.</summary>
    public string Declaration { get; }

    /// <summary>Line of the declaration, counted from 1; 0 when no single line is to blame.</summary>
    public int Line { get; }
}
