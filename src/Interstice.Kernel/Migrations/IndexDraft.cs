using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>An index of a table between two versions, its columns by name.</summary>
internal sealed record IndexDraft(string Name, ImmutableArray<string> Columns, bool IsUnique, bool IsOfUniqueColumn)
{
    internal static IndexDraft Of(IndexSchema index, TableSchema table) => new(
        index.Name, [.. index.Columns.Select(column => table.Columns[column].Name)], index.IsUnique, index.IsOfUniqueColumn);

    internal bool IsAs(IndexDraft other) => Name == other.Name && IsUnique == other.IsUnique && Columns.SequenceEqual(other.Columns);

    internal IndexDraft Rename(string column, string to) => this with
    {
        Name = IsOfUniqueColumn && Name == column ? to : Name,
        Columns = [.. Columns.Select(name => name == column ? to : name)],
    };
}
