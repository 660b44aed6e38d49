using System.Collections.Immutable;

namespace Interstice.Kernel.Schema;

/// <summary>A name with a type: a field of a struct, and what columns and parameters have in common.</summary>
public class FieldSchema
{
    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    public FieldSchema(string name, DataType type)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(type);
        Name = name;
        Type = type;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its type.</summary>
    public DataType Type { get; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}";
}

/// <summary>A parameter of a reducer or query.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
public sealed class ParameterSchema(string name, DataType type) : FieldSchema(name, type);
