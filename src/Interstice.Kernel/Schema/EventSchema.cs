using System.Collections.Immutable;

namespace Interstice.Kernel.Schema;

/// <summary>A custom event that reducers of a module may emit.</summary>
public sealed class EventSchema
{
    /// <summary>Its name, different from that of every other table and event of the module.</summary>
    public required string Name { get; init; }

    /// <summary>Index among the events of its module, which stand in the order of their names.</summary>
    public required int Number { get; init; }

    /// <summary>Type of its payload.</summary>
    public required DataType Payload { get; init; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What a subscription listens to.</summary>
public enum SubscriptionOperation
{
    /// <summary>Rows inserted.</summary>
    Insert,

    /// <summary>Rows updated.</summary>
    Update,

    /// <summary>Rows deleted.</summary>
    Delete,

    /// <summary>Events emitted.</summary>
    Event,
}

/// <summary>A reducer that is called for what happens in a module.</summary>
public sealed class SubscriptionSchema
{
    /// <summary>The module that is listened to.</summary>
    public required string SourceModule { get; init; }

    /// <summary>The table or event of that module.</summary>
    public required string SourceName { get; init; }

    /// <summary>What is listened to.</summary>
    public required SubscriptionOperation Operation { get; init; }

    /// <summary>The reducer of the subscribing module.</summary>
    public required string Handler { get; init; }

    /// <summary>Where in the source's stream it begins when it is declared first.</summary>
    public SubscriptionStart Start { get; init; }

    /// <summary>Most deliveries that may have led to one of this subscription, itself included; null for
    /// <see cref="SchemaLimits.SubscriptionDepthMax"/>. Only with it may the subscription be a part of a cycle.</summary>
    public int? Depth { get; init; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <summary>The source as declared: <c>module.table</c>.</summary>
    public string Source => $"{SourceModule}.{SourceName}";
}

/// <summary>How the tables of one version of a module become those of another.</summary>
public sealed class MigrationSchema
{
    /// <summary>The version it begins with.</summary>
    public required string From { get; init; }

    /// <summary>The version it leads to.</summary>
    public required string To { get; init; }

    /// <summary>The steps, each as JSON without white space; empty when <see cref="Reducer"/> does it.</summary>
    public required ImmutableArray<string> Steps { get; init; }

    /// <summary>Name of the export <c>migration:NAME</c>; null when there are <see cref="Steps"/>.</summary>
    public required string? Reducer { get; init; }

    /// <summary>The tables that the reducer reads, declared as they are in the version that the migration begins with.</summary>
    public ImmutableArray<TableSchema> Reads { get; init; } = [];

    /// <summary>The tables that the reducer fills.</summary>
    public ImmutableArray<MigratedTable> Writes { get; init; } = [];

    /// <summary>The tables that are gone behind the reducer.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];
}
