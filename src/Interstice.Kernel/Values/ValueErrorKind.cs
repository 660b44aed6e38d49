namespace Interstice.Kernel.Values;

/// <summary>Why bytes or JSON are not a value of a type.</summary>
public enum ValueErrorKind
{
    /// <summary>There is no error.</summary>
    None,

    /// <summary>The bytes end inside the value, or a length or count reaches past them.</summary>
    Truncated,

    /// <summary>Bytes follow the value.</summary>
    TrailingBytes,

    /// <summary>A bool is neither 0 nor 1.</summary>
    InvalidBool,

    /// <summary>The tag of an option is neither 0 nor 1.</summary>
    InvalidOption,

    /// <summary>The number of a variant is not declared.</summary>
    InvalidVariant,

    /// <summary>A string is not well-formed UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A NaN has other bits than the canonical one.</summary>
    NonCanonicalNaN,

    /// <summary>The entries of a map are not in ascending order of their keys.</summary>
    MapOrder,

    /// <summary>A map has a key twice.</summary>
    DuplicateMapKey,

    /// <summary>More than <see cref="ValueLimits.DepthMax"/> levels.</summary>
    TooDeep,

    /// <summary>A key names more columns than its index has.</summary>
    WrongKeyLength,

    /// <summary>JSON of another shape than the type's, or a number that the type cannot hold.</summary>
    WrongJson,

    /// <summary>A JSON object lacks a field.</summary>
    MissingField,

    /// <summary>A JSON object has a field or variant that the type does not.</summary>
    UnknownField,

    /// <summary>A JSON object has a field twice.</summary>
    DuplicateField,

    /// <summary>More or fewer arguments than parameters.</summary>
    WrongArgumentCount,
}
