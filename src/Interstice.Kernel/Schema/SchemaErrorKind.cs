namespace Interstice.Kernel.Schema;

/// <summary>What is wrong with a module's declarations.</summary>
public enum SchemaErrorKind
{
    /// <summary>A line is not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A line is not JSON.</summary>
    InvalidJson,

    /// <summary>A line is JSON, but no object with one key.</summary>
    InvalidDeclaration,

    /// <summary>The kind of declaration is not known.</summary>
    UnknownDeclaration,

    /// <summary>There are more declarations than a module may have.</summary>
    TooManyDeclarations,

    /// <summary>No <c>module</c> declaration.</summary>
    NoModule,

    /// <summary>More than one <c>module</c> declaration.</summary>
    SeveralModules,

    /// <summary>The module needs an ABI that this host does not speak.</summary>
    UnknownAbi,

    /// <summary>The version is not a semantic version.</summary>
    InvalidVersion,

    /// <summary>A key that a declaration needs is missing.</summary>
    MissingKey,

    /// <summary>A key has a value of the wrong kind or one that is not allowed.</summary>
    InvalidKey,

    /// <summary>An object names a key twice.</summary>
    DuplicateKey,

    /// <summary>A name breaks the grammar.</summary>
    InvalidName,

    /// <summary>A name belongs to the host or to a built-in type.</summary>
    ReservedName,

    /// <summary>A name is declared twice in one space.</summary>
    DuplicateName,

    /// <summary>Two reducers have the same lifecycle role.</summary>
    DuplicateLifecycle,

    /// <summary>A name refers to nothing.</summary>
    UnknownName,

    /// <summary>A type is not declared and not built in.</summary>
    UnknownType,

    /// <summary>A type breaks the grammar of types.</summary>
    InvalidType,

    /// <summary>A declared type holds itself other than through option, list or map.</summary>
    RecursiveType,

    /// <summary>Declared types hold each other too deep, or a value takes too many bytes.</summary>
    TypeTooLarge,

    /// <summary>The key of a map is not a key type.</summary>
    InvalidMapKey,

    /// <summary>More columns, fields, variants, parameters or indexes than allowed, or none where one is
    /// needed.</summary>
    WrongNumber,

    /// <summary>A table has no primary key.</summary>
    NoPrimaryKey,

    /// <summary>A table has two primary keys.</summary>
    SeveralPrimaryKeys,

    /// <summary>A primary key, unique column or index is of a type that cannot be one.</summary>
    InvalidIndexType,

    /// <summary>An index names a column twice or adds nothing to the primary key.</summary>
    InvalidIndex,

    /// <summary>An auto-increment column is of a wrong type, or there is a second one.</summary>
    InvalidAutoInc,

    /// <summary>A default is not a value of its column's type, or may not be there.</summary>
    InvalidDefault,

    /// <summary>An event table has what only stored rows can have.</summary>
    InvalidEventTable,

    /// <summary>A lifecycle reducer has parameters.</summary>
    InvalidLifecycle,

    /// <summary>A subscription does not fit its source or handler.</summary>
    InvalidSubscription,

    /// <summary>A migration has neither steps nor reducer, or both.</summary>
    InvalidMigration,
}
