using System.Collections.Immutable;

namespace Interstice.Kernel.Expressions.Parsing;

/// <summary>A part of an expression as it is written, before names and types are known.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after it.</param>
/// <param name="Height">Operators and parentheses around its deepest operand; 0 for an operand.</param>
internal abstract record Syntax(int Start, int End, int Height);

/// <summary>A number, with its sign when it has one.</summary>
internal sealed record NumberSyntax(int Start, int End, bool IsDecimal, bool IsNegative, string Digits) : Syntax(Start, End, 0);

/// <summary>A text that takes its type from what it meets.</summary>
internal sealed record TextSyntax(int Start, int End, string Value) : Syntax(Start, End, 0);

/// <summary>A text with the name of its type before it.</summary>
internal sealed record TypedTextSyntax(Token Type, TextSyntax Text) : Syntax(Type.Start, Text.End, 0);

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed record BooleanSyntax(int Start, int End, bool Value) : Syntax(Start, End, 0);

/// <summary>A column, a field within one, or a variant.</summary>
internal sealed record NameSyntax(ImmutableArray<Token> Parts) : Syntax(Parts[0].Start, Parts[^1].End, 0);

/// <summary>Something in parentheses, which are part of its place.</summary>
internal sealed record GroupSyntax(int Start, int End, Syntax Inner) : Syntax(Start, End, Inner.Height + 1);

/// <summary><c>not</c>.</summary>
internal sealed record NotSyntax(int Start, Syntax Operand) : Syntax(Start, Operand.End, Operand.Height + 1);

/// <summary>A minus sign.</summary>
internal sealed record NegationSyntax(int Start, Syntax Operand) : Syntax(Start, Operand.End, Operand.Height + 1);

/// <summary>Parts joined by <c>and</c>, or by <c>or</c>.</summary>
internal sealed record LogicSyntax(bool IsAnd, ImmutableArray<Syntax> Parts)
    : Syntax(Parts[0].Start, Parts[^1].End, Parts.Max(part => part.Height) + 1);

/// <summary>Arithmetic between two values.</summary>
internal sealed record ArithmeticSyntax(Token Operator, Syntax Left, Syntax Right)
    : Syntax(Left.Start, Right.End, Math.Max(Left.Height, Right.Height) + 1);

/// <summary>A comparison of two values.</summary>
internal sealed record ComparisonSyntax(Token Operator, Syntax Left, Syntax Right)
    : Syntax(Left.Start, Right.End, Math.Max(Left.Height, Right.Height) + 1);

/// <summary><c>is null</c> and <c>is not null</c>.</summary>
internal sealed record NullTestSyntax(int End, Syntax Operand, bool IsNegated) : Syntax(Operand.Start, End, Operand.Height + 1);

/// <summary><c>in</c> and <c>not in</c>.</summary>
internal sealed record MembershipSyntax(int End, Syntax Operand, ImmutableArray<Syntax> Items, bool IsNegated)
    : Syntax(Operand.Start, End, Math.Max(Operand.Height, Items.Max(item => item.Height)) + 1);

/// <summary><c>between</c> and <c>not between</c>, bounds included.</summary>
internal sealed record RangeSyntax(Syntax Operand, Syntax Lower, Syntax Upper, bool IsNegated)
    : Syntax(Operand.Start, Upper.End, Math.Max(Operand.Height, Math.Max(Lower.Height, Upper.Height)) + 1);

/// <summary><c>like</c> and <c>not like</c>.</summary>
internal sealed record LikeSyntax(Syntax Operand, TextSyntax Pattern, bool IsNegated)
    : Syntax(Operand.Start, Pattern.End, Operand.Height + 1);
