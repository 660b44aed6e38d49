using Interstice.Host.Modules;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Abi;

/// <content>Where the reducer of a migration runs.</content>
public sealed partial class HostImports
{
    /// <summary>What the reducer of a migration may do; null in all other calls.</summary>
    internal MigrationAccess? Migration { get; init; }

    private void ExpectWrites(TableSchema table)
    {
        if (Migration?.FindWriteFault(table) is { } fault) throw Misuse($"{_function}: {fault}");
    }

    private void ExpectReads(TableSchema table)
    {
        if (Migration?.FindReadFault(table) is { } fault) throw Misuse($"{_function}: {fault}");
    }

    private void ExpectNoMigration(string name)
    {
        if (Migration is not null) throw Misuse($"{name} was called in the migration {_function}, which fills tables and does nothing else");
    }

    private void CheckMigrationLimit(MigrationAccess migration)
    {
        if (migration.FindLimit(Overlay) is { } limit) throw new ModuleTrapException(ModuleTrapKind.Limit, limit);
    }
}
