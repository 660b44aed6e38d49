using System.Collections.Immutable;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>When the host calls a reducer by itself.</summary>
public enum LifecycleRole
{
    /// <summary>Once, when the module is published for the first time.</summary>
    Init,

    /// <summary>When another version replaces the module's code.</summary>
    Upgrade,

    /// <summary>When a client connects.</summary>
    Connected,

    /// <summary>When a client has gone.</summary>
    Disconnected,
}

/// <summary>A reducer of a module: a transactional function that changes tables.</summary>
public sealed class ReducerSchema
{
    internal ReducerSchema(ImmutableArray<ParameterSchema> parameters)
    {
        Parameters = parameters;
        Arguments = new RowCodec(ImmutableArray<FieldSchema>.CastUp(parameters));
    }

    /// <summary>Its name, different from that of every other reducer and query of the module.</summary>
    public required string Name { get; init; }

    /// <summary>The parameters in order.</summary>
    public ImmutableArray<ParameterSchema> Parameters { get; }

    /// <summary>Checks and takes apart argument lists.</summary>
    public RowCodec Arguments { get; }

    /// <summary>Type of what it returns; null for nothing.</summary>
    public required DataType? Result { get; init; }

    /// <summary>Who may call it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>When the host calls it by itself; null for never.</summary>
    public required LifecycleRole? Lifecycle { get; init; }

    /// <summary>Reducers of other modules that it may call, as <c>module.reducer</c>, in ordinal order.</summary>
    public required ImmutableArray<string> Calls { get; init; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A query of a module: a function that reads tables.</summary>
public sealed class QuerySchema
{
    internal QuerySchema(ImmutableArray<ParameterSchema> parameters)
    {
        Parameters = parameters;
        Arguments = new RowCodec(ImmutableArray<FieldSchema>.CastUp(parameters));
    }

    /// <summary>Its name, different from that of every other reducer and query of the module.</summary>
    public required string Name { get; init; }

    /// <summary>The parameters in order.</summary>
    public ImmutableArray<ParameterSchema> Parameters { get; }

    /// <summary>Checks and takes apart argument lists.</summary>
    public RowCodec Arguments { get; }

    /// <summary>Type of what it returns.</summary>
    public required DataType Result { get; init; }

    /// <summary>Who may call it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
