using Interstice.Kernel.Migrations;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Abi;

/// <summary>What a migration's reducer may do with tables.</summary>
/// <param name="Scope">What it sees.</param>
/// <param name="MutationsMax">Most writes.</param>
/// <param name="BytesMax">Most bytes of what it leaves behind; while it runs it may hold some times as many.</param>
internal sealed record MigrationAccess(MigrationScope Scope, int MutationsMax, int BytesMax)
{
    // Rows that are written again, and keys, are no part of what is recorded.
    private const int BytesHeldFactor = 4;

    /// <summary>Why it may not write to a table, or null.</summary>
    public string? FindWriteFault(TableSchema table)
    {
        if (Scope.CanWrite(table)) return null;
        return Scope.IsOld(table)
            ? $"table \"{table.Name}\" is what was there before the migration, and can only be read"
            : $"the migration does not fill table \"{table.Name}\"; name it in \"writes\" if it should";
    }

    /// <summary>Why it may not read a table, or null.</summary>
    public string? FindReadFault(TableSchema table) => Scope.CanWrite(table) || Scope.IsOld(table) ? null
        : $"the migration neither reads nor fills table \"{table.Name}\"; what was in it before is \"{table.Name}{MigrationScope.OldSuffix}\" if it is declared in \"reads\"";

    /// <summary>Which limit it has reached, or null.</summary>
    public string? FindLimit(MutationOverlay overlay)
    {
        ArgumentNullException.ThrowIfNull(overlay);
        if (overlay.MutationCount >= MutationsMax) return $"the migration has {MutationsMax} mutations already, which is the limit";
        return overlay.Bytes > (long)BytesMax * BytesHeldFactor
            ? $"the migration holds more than {(long)BytesMax * BytesHeldFactor} bytes; a publication to this store has room for {BytesMax}" : null;
    }
}
