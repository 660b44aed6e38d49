namespace Interstice.Kernel.Migrations;

/// <summary>Why tables cannot be migrated.</summary>
public enum MigrationErrorKind
{
    /// <summary>A step is not written as docs/migrations.md says.</summary>
    MalformedStep,

    /// <summary>A step speaks of what is not there, or undoes what another needs.</summary>
    ContradictoryStep,

    /// <summary>The steps do not lead to the tables that are declared.</summary>
    OtherTables,

    /// <summary>A row has no place in the new tables: a value does not fit, or a key stands twice.</summary>
    Row,

    /// <summary>The reducer of a migration failed.</summary>
    Reducer,
}

/// <summary>Tables cannot be migrated; nothing was changed.</summary>
/// <param name="kind">What to switch on.</param>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class MigrationException(MigrationErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What to switch on.</summary>
    public MigrationErrorKind Kind { get; } = kind;
}
