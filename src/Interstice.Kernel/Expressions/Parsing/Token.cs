namespace Interstice.Kernel.Expressions.Parsing;

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after it.</param>
/// <param name="Value">The content of a name or text without quotation marks, the digits of a number; otherwise the word.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Value);
