namespace Interstice.Kernel.Schema;

/// <summary>Bounds on what a module may declare (docs/abi.md).</summary>
public static class SchemaLimits
{
    /// <summary>The version of the ABI that this host speaks.</summary>
    public const int Abi = 1;

    /// <summary>Most characters of a name.</summary>
    public const int NameLengthMax = 63;

    /// <summary>Most columns of a table.</summary>
    public const int ColumnsMax = 256;

    /// <summary>Most fields of a struct.</summary>
    public const int FieldsMax = 256;

    /// <summary>Most variants of an enum: its number is a byte.</summary>
    public const int VariantsMax = 256;

    /// <summary>Most parameters of a reducer or query.</summary>
    public const int ParametersMax = 64;

    /// <summary>Most columns of an index or primary key.</summary>
    public const int IndexColumnsMax = 16;

    /// <summary>Most indexes of a table, unique columns included.</summary>
    public const int IndexesMax = 64;

    /// <summary>Most keys of one object in a declaration, those that this version does not know included.</summary>
    public const int KeysMax = 64;

    /// <summary>Most declarations of a module.</summary>
    public const int DeclarationsMax = 4096;

    /// <summary>Most deliveries that may follow from one another, whatever a subscription declares.</summary>
    public const int SubscriptionDepthMax = 64;

    /// <summary>Most levels of angle brackets in a type, and of declared types that hold each other.</summary>
    public const int TypeDepthMax = 32;

    /// <summary>Most bytes that the shortest value of a declared type may take.</summary>
    public const int ValueMinLengthMax = 1 << 20;
}
