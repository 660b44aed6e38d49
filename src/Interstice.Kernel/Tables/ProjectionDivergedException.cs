using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <summary>A change does not fit the rows that a table holds: log and state have parted. Nothing was changed by it.</summary>
public sealed class ProjectionDivergedException : Exception
{
    internal ProjectionDivergedException(
        TableSchema table, string index, ReadOnlySpan<byte> key, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found, string problem)
        : base($"Table \"{table.Name}\", {index} {Convert.ToHexStringLower(key)}: {problem}. "
            + "The log does not belong to this state or is damaged; verify the log and replay it from the start.")
    {
        Table = table.Name;
        Key = key.ToArray();
        Expected = expected.ToArray();
        Found = found.ToArray();
    }

    /// <summary>Name of the table.</summary>
    public string Table { get; }

    /// <summary>The key in its comparable encoding.</summary>
    public IReadOnlyList<byte> Key { get; }

    /// <summary>The row that the change expects to find; empty for none.</summary>
    public IReadOnlyList<byte> Expected { get; }

    /// <summary>The row that the table holds; empty for none.</summary>
    public IReadOnlyList<byte> Found { get; }
}
