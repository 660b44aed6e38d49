using System.Collections.Immutable;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>What becomes of a table's rows.</summary>
public enum TableKind
{
    /// <summary>They are events in the log, part of snapshots and state hash.</summary>
    Logged,

    /// <summary>They live in memory only and are gone after a restart.</summary>
    Ephemeral,

    /// <summary>They live for one transaction and its subscribers.</summary>
    Event,
}

/// <summary>Who may reach a table, reducer or query.</summary>
public enum Visibility
{
    /// <summary>Every caller.</summary>
    Public,

    /// <summary>Its own module.</summary>
    Private,
}

/// <summary>A table of a module.</summary>
public sealed class TableSchema
{
    internal TableSchema(ImmutableArray<ColumnSchema> columns, RowCodec row)
    {
        Columns = columns;
        Row = row;
        Defaults = new RowDefaults(columns);
        AutoIncColumn = columns.FirstOrDefault(column => column.IsAutoInc)?.Number;
    }

    /// <summary>Its name, different from that of every other table and event of the module.</summary>
    public required string Name { get; init; }

    /// <summary>Index among the tables of its module.</summary>
    public required int Number { get; init; }

    /// <summary>The columns, in the order of the encoding.</summary>
    public ImmutableArray<ColumnSchema> Columns { get; }

    /// <summary>The primary key, index number 0; null for event tables only.</summary>
    public required IndexSchema? PrimaryKey { get; init; }

    /// <summary>The other indexes, numbered from 1: those of unique columns in the order of the columns, then the
    /// declared ones in their order.</summary>
    public required ImmutableArray<IndexSchema> Indexes { get; init; }

    /// <summary>What becomes of its rows.</summary>
    public required TableKind Kind { get; init; }

    /// <summary>Who may read it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>Version of its shape; 1 or more.</summary>
    public required int Version { get; init; }

    /// <summary>Checks and takes apart rows.</summary>
    public RowCodec Row { get; }

    /// <summary>Completes inserted rows that leave out their last columns.</summary>
    public RowDefaults Defaults { get; }

    /// <summary>The column that the table's counter fills; null if there is none.</summary>
    public int? AutoIncColumn { get; }

    /// <summary>Whether it is one of the <see cref="SystemTables"/>: the host declares and writes it, guests cannot name it.</summary>
    public bool IsOfHost { get; private init; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];

    /// <summary>The column of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public ColumnSchema? FindColumn(string name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>The index of a name, the primary key included, or null.</summary>
    /// <param name="name">The name.</param>
    public IndexSchema? FindIndex(string name) =>
        PrimaryKey?.Name == name ? PrimaryKey : Indexes.FirstOrDefault(index => index.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The same table as one of the host's in a module.</summary>
    /// <param name="number">Its number there.</param>
    internal TableSchema OfHost(int number) => Copy(Name, number, isOfHost: true);

    /// <summary>The same table under another name and number.</summary>
    internal TableSchema As(string name, int number) => Copy(name, number, isOfHost: false);

    private TableSchema Copy(string name, int number, bool isOfHost) => new(Columns, Row)
    {
        Name = name,
        Number = number,
        PrimaryKey = PrimaryKey,
        Indexes = Indexes,
        Kind = Kind,
        Visibility = Visibility,
        Version = Version,
        IsOfHost = isOfHost,
    };
}
