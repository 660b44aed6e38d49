using System.Collections.Immutable;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>The primary key or another index of a table.</summary>
public sealed class IndexSchema
{
    /// <summary>Name of every primary key; no declared index can have it.</summary>
    public const string PrimaryKeyName = "primaryKey";

    internal IndexSchema(string name, int number, ImmutableArray<int> columns, bool isUnique, KeyCodec key)
    {
        Name = name;
        Number = number;
        Columns = columns;
        IsUnique = isUnique;
        Key = key;
    }

    /// <summary>Its name, different from that of every other index of the table.</summary>
    public string Name { get; }

    /// <summary>0 for the primary key, then counted from 1.</summary>
    public int Number { get; }

    /// <summary>Its columns in order, as indexes of the table's columns.</summary>
    public ImmutableArray<int> Columns { get; }

    /// <summary>Whether no two rows may have the same key.</summary>
    public bool IsUnique { get; }

    /// <summary>Makes its keys.</summary>
    public KeyCodec Key { get; }

    /// <summary>Whether it comes from a column marked unique.</summary>
    public bool IsOfUniqueColumn { get; init; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
