namespace Interstice.Kernel.Expressions;

/// <summary>What is wrong with the text of an expression (docs/expressions.md).</summary>
public enum ExpressionErrorKind
{
    /// <summary>The text has no expression.</summary>
    Empty,

    /// <summary>The text has more than <see cref="ExpressionLimits.LengthMax"/> characters.</summary>
    TooLong,

    /// <summary>Parentheses or operators stand deeper than <see cref="ExpressionLimits.DepthMax"/> levels.</summary>
    TooDeep,

    /// <summary>A character that begins no word of the language.</summary>
    UnexpectedCharacter,

    /// <summary>A quotation mark is missing at the end of a text or name.</summary>
    Unterminated,

    /// <summary>A number that is written wrong or too large.</summary>
    InvalidNumber,

    /// <summary>Another word was expected here.</summary>
    UnexpectedWord,

    /// <summary>A name that is no column.</summary>
    UnknownColumn,

    /// <summary>A name that is no field of its struct, or stands after something that has no fields.</summary>
    UnknownField,

    /// <summary>A name that is no variant of its enum.</summary>
    UnknownVariant,

    /// <summary>A name that may be a column and a variant.</summary>
    AmbiguousName,

    /// <summary>A text that is no value of the type it should have.</summary>
    InvalidLiteral,

    /// <summary>A pattern of <c>like</c> that ends in a backslash, escapes something else or is too long.</summary>
    InvalidPattern,

    /// <summary>An operator between types that it does not take.</summary>
    TypeMismatch,

    /// <summary><c>null</c> where a value is needed; only <c>is null</c> asks for it.</summary>
    NullLiteral,

    /// <summary>A value where a condition is needed.</summary>
    NotACondition,
}
