using System.Collections.Immutable;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>A table on its way from one version to the next: what it is after the steps so far, and how its rows get there.</summary>
/// <remarks>Invariant: the stages lead from rows of <see cref="Source"/> to rows of <see cref="Columns"/>.</remarks>
internal sealed class TableDraft
{
    private readonly List<RowStage> _stages = [];

    /// <summary>A table that is there.</summary>
    internal TableDraft(TableSchema source)
    {
        Source = source;
        (Name, Kind) = (source.Name, source.Kind);
        Columns = [.. source.Columns.Select(column => new FieldSchema(column.Name, column.Type))];
        Key = KeyOf(source);
        Counter = CounterOf(source);
        Indexes = [.. source.Indexes.Select(index => IndexDraft.Of(index, source))];
    }

    /// <summary>The table whose rows become its rows; null if it begins without any.</summary>
    internal TableSchema? Source { get; private set; }

    internal string Name { get; set; }

    internal TableKind Kind { get; private set; }

    internal ImmutableArray<FieldSchema> Columns { get; private set; }

    internal ImmutableArray<string> Key { get; private set; }

    /// <summary>The column that the counter fills.</summary>
    internal string? Counter { get; private set; }

    internal ImmutableArray<IndexDraft> Indexes { get; private set; }

    /// <summary>Whether the counter is that of the source, and not to be found out from the rows.</summary>
    internal bool KeepsCounter { get; private set; } = true;

    /// <summary>Whether rows that stand in the order of the source's primary key stand in that of the new one.</summary>
    internal bool KeepsOrder { get; private set; } = true;

    internal IReadOnlyList<RowStage> Stages => _stages;

    /// <summary>The columns that follow from none of the source.</summary>
    internal ImmutableHashSet<string> Added { get; private set; } = [];

    internal static ImmutableArray<string> KeyOf(TableSchema table) =>
        table.PrimaryKey is { } key ? [.. key.Columns.Select(column => table.Columns[column].Name)] : [];

    internal static string? CounterOf(TableSchema table) => table.AutoIncColumn is { } column ? table.Columns[column].Name : null;

    internal FieldSchema? Find(string column) => Columns.FirstOrDefault(field => field.Name == column);

    /// <summary>The table as it is declared, without rows.</summary>
    internal void Empty(TableSchema target)
    {
        Source = null;
        _stages.Clear();
        Kind = target.Kind;
        Columns = [.. target.Columns.Select(column => new FieldSchema(column.Name, column.Type))];
        Key = KeyOf(target);
        Counter = CounterOf(target);
        Indexes = [.. target.Indexes.Select(index => IndexDraft.Of(index, target))];
    }

    internal void Rename(string column, string to)
    {
        int at = IndexOf(column);
        Columns = Columns.SetItem(at, new FieldSchema(to, Columns[at].Type));
        Key = [.. Key.Select(name => name == column ? to : name)];
        Indexes = [.. Indexes.Select(index => index.Rename(column, to))];
        if (Counter == column) Counter = to;
        if (Added.Contains(column)) Added = Added.Remove(column).Add(to);
    }

    internal void Drop(string column)
    {
        int at = IndexOf(column);
        RowStage stage = Stage();
        stage.Sources = stage.Sources.RemoveAt(at);
        Columns = Columns.RemoveAt(at);
        Indexes = [.. Indexes.Where(index => !index.Columns.Contains(column))];
        Added = Added.Remove(column);
        if (Counter != column) return;
        Counter = null;
        KeepsCounter = false;
    }

    internal void Add(FieldSchema column, byte[] value)
    {
        RowStage stage = Stage();
        stage.Sources = stage.Sources.Add(new ColumnSource.Constant(value));
        Columns = Columns.Add(column);
        Added = Added.Add(column.Name);
    }

    internal void Add(FieldSchema column, string value, byte[]? ifNull)
    {
        RowStage stage = FreshStage();
        stage.Sources = stage.Sources.Add(Compute(stage, column, value, ifNull));
        Columns = Columns.Add(column);
        Added = Added.Add(column.Name);
    }

    internal void Convert(string column, DataType type, ValueConversion how)
    {
        int at = IndexOf(column);
        RowStage stage = Stage();
        if (stage.Sources[at] is not ColumnSource.Copied) stage = FreshStage();
        var before = (ColumnSource.Copied)stage.Sources[at];
        stage.Sources = stage.Sources.SetItem(at, how.KeepsBytes ? before : new ColumnSource.Converted(before.Column, how));
        Columns = Columns.SetItem(at, new FieldSchema(column, type));
    }

    // Without a value the column's own values stay what they are, and so does what the counter knows of rows that are gone.
    internal void Change(FieldSchema column, string? value, byte[]? ifNull)
    {
        int at = IndexOf(column.Name);
        RowStage stage = FreshStage();
        stage.Sources = stage.Sources.SetItem(at, Compute(stage, column, value ?? $"\"{column.Name}\"", ifNull));
        Columns = Columns.SetItem(at, column);
        KeepsOrder &= !Key.Contains(column.Name);
        KeepsCounter &= Counter != column.Name || value is null;
    }

    internal void Reorder(TableSchema target)
    {
        int[] order = [.. target.Columns.Select(column => IndexOf(column.Name))];
        RowStage stage = Stage();
        stage.Sources = [.. order.Select(column => stage.Sources[column])];
        Columns = [.. order.Select(column => Columns[column])];
    }

    internal void TakeKey(TableSchema target)
    {
        Key = KeyOf(target);
        KeepsOrder = false;
    }

    internal void TakeCounter(TableSchema target)
    {
        Counter = CounterOf(target);
        KeepsCounter = false;
    }

    /// <summary>Its declaration after the steps so far.</summary>
    internal TableSchema ToSchema()
    {
        ImmutableArray<int> key = [.. Key.Select(IndexOf)];
        ImmutableArray<ColumnSchema> columns = [.. Columns.Select((column, number) => new ColumnSchema(column.Name, column.Type)
        {
            Number = number,
            IsPrimaryKey = key.Contains(number),
            IsUnique = Indexes.Any(index => index.IsOfUniqueColumn && index.Name == column.Name),
            IsAutoInc = Counter == column.Name,
        })];
        var row = new RowCodec(ImmutableArray<FieldSchema>.CastUp(columns));
        return new TableSchema(columns, row)
        {
            Name = Name,
            Number = 0,
            PrimaryKey = new IndexSchema(IndexSchema.PrimaryKeyName, 0, key, isUnique: true, new KeyCodec(row, key)),
            Indexes = [.. Indexes.Select((index, i) => ToSchema(index, i + 1, row))],
            Kind = Kind,
            Visibility = Visibility.Public,
            Version = 1,
        };
    }

    private IndexSchema ToSchema(IndexDraft index, int number, RowCodec row)
    {
        ImmutableArray<int> columns = [.. index.Columns.Select(IndexOf)];
        return new IndexSchema(index.Name, number, columns, index.IsUnique, new KeyCodec(row, columns)) { IsOfUniqueColumn = index.IsOfUniqueColumn };
    }

    internal void Add(IndexDraft index) => Indexes = Indexes.Add(index);

    internal void Remove(IndexDraft index) => Indexes = Indexes.Remove(index);

    private ColumnSource.Computed Compute(RowStage stage, FieldSchema column, string value, byte[]? ifNull)
    {
        var expression = ValueExpression.Compile(value, stage.Before, $"table \"{Name}\"", column.Type, leavesNull: ifNull is not null);
        return new(expression, ifNull, column.Name, column.Type.ToString());
    }

    private RowStage Stage() => _stages.Count == 0 ? NewStage() : _stages[^1];

    // A stage that has changed nothing yet, so that its columns before are those of now, in name too.
    private RowStage FreshStage()
    {
        if (_stages.Count > 0 && _stages[^1].IsIdentity) _stages.RemoveAt(_stages.Count - 1);
        return NewStage();
    }

    private RowStage NewStage()
    {
        _stages.Add(new RowStage(Columns));
        return _stages[^1];
    }

    private int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Length; i++)
            if (Columns[i].Name == column) return i;
        throw new InvalidOperationException($"table \"{Name}\" has no column \"{column}\" at this step");
    }
}
