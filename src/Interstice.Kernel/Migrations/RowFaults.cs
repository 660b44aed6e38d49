using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Migrations;

/// <summary>Rows that find no place in the table that a migration makes.</summary>
internal static class RowFaults
{
    /// <summary>Makes a table, and says of rows that do not fit which they are.</summary>
    /// <param name="table">Its declaration.</param>
    /// <param name="make">Makes it with its rows.</param>
    /// <param name="subject">What stands in front of the message.</param>
    /// <exception cref="MigrationException">Two rows have the same key, or the table is full.</exception>
    internal static Table Told(TableSchema table, Func<Table> make, string subject = "")
    {
        try
        {
            return make();
        }
        catch (ProjectionDivergedException fault)
        {
            throw new MigrationException(MigrationErrorKind.Row, subject + RowText.Describe(table, fault), fault);
        }
        catch (TableFullException fault)
        {
            throw new MigrationException(MigrationErrorKind.Row, $"{subject}table \"{table.Name}\": {fault.Message}", fault);
        }
    }
}
