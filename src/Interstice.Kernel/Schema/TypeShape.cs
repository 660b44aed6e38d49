namespace Interstice.Kernel.Schema;

/// <summary>Which member of the closed family of <see cref="DataType"/> a type is; cheaper to switch on than its
/// class.</summary>
public enum TypeShape
{
    /// <summary><see cref="ScalarType"/>.</summary>
    Scalar,

    /// <summary><see cref="OptionType"/>.</summary>
    Option,

    /// <summary><see cref="ListType"/>.</summary>
    List,

    /// <summary><see cref="MapType"/>.</summary>
    Map,

    /// <summary><see cref="StructType"/>.</summary>
    Struct,

    /// <summary><see cref="EnumType"/>.</summary>
    Enum,

    /// <summary><see cref="AliasType"/>.</summary>
    Alias,
}
