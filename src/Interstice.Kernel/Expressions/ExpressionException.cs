using System.Text;

namespace Interstice.Kernel.Expressions;

/// <summary>The text of an expression is wrong.</summary>
public sealed class ExpressionException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">What to switch on.</param>
    /// <param name="text">The whole expression.</param>
    /// <param name="offset">First character to blame, counted from 0; the length of the text for its end.</param>
    /// <param name="length">How many characters are to blame; 0 at the end of the text.</param>
    /// <param name="problem">What was wrong and what to do, without the place.</param>
    internal ExpressionException(ExpressionErrorKind kind, string text, int offset, int length, string problem)
        : base($"expression, offset {offset}: {problem}")
    {
        Kind = kind;
        Text = text;
        Offset = offset;
        Length = length;
        Problem = problem;
    }

    /// <summary>What to switch on.</summary>
    public ExpressionErrorKind Kind { get; }

    /// <summary>The whole expression.</summary>
    public string Text { get; }

    /// <summary>First character to blame, counted from 0 in UTF-16; the length of the text for its end.</summary>
    public int Offset { get; }

    /// <summary>How many characters are to blame; 0 at the end of the text.</summary>
    public int Length { get; }

    /// <summary>What was wrong and what to do, without the place.</summary>
    public string Problem { get; }

    /// <summary>The expression on one line and carets under what is to blame on the next. Control characters show as spaces
    /// and a long text is cut around the place, so that both lines fit a screen.</summary>
    public string Pointer()
    {
        const int before = 60;
        const int width = 100;
        int start = Math.Max(0, Offset - before);
        string line = Text.Substring(start, Math.Min(width, Text.Length - start));
        var shown = new StringBuilder(line.Length);
        foreach (char c in line) shown.Append(char.IsControl(c) ? ' ' : c);
        int carets = Math.Clamp(Length, 1, Math.Max(1, line.Length - (Offset - start)));
        return $"{shown}\n{new string(' ', Offset - start)}{new string('^', carets)}";
    }
}
