using System.Buffers;
using System.Text;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>The rows of <see cref="SystemTables.Migrations"/>: one for each publication that took declared migrations, made by the publication
/// itself (docs/formats/system-tables.md).</summary>
public static class MigrationRows
{
    private const int What = 4;
    private const string Separator = "; ";

    /// <summary>The declared migrations that were taken, in all publications.</summary>
    /// <param name="state">The tables of the module.</param>
    public static IReadOnlySet<string> Read(ModuleState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        Table table = state.FindTable(SystemTables.Migrations)!;
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false))
            taken.UnionWith(Encoding.UTF8.GetString(table.Schema.Row.Field(row, What)[sizeof(uint)..]).Split(Separator));
        return taken;
    }

    /// <summary>How a migration is named in a row.</summary>
    /// <param name="from">The version that it begins with.</param>
    /// <param name="to">The version that it leads to.</param>
    public static string NameOf(string from, string to) => $"{from} to {to}";

    internal static void Add(ModuleState state, int publication, long atUs, IReadOnlyList<MigrationStep.Migration> migrations)
    {
        var row = new ArrayBufferWriter<byte>();
        row.WriteU32((uint)publication);
        row.WriteString(migrations[0].From);
        row.WriteString(migrations[^1].To);
        row.WriteI64(atUs);
        row.WriteString(string.Join(Separator, migrations.Select(migration => NameOf(migration.From, migration.To))));
        Table table = state.FindTable(SystemTables.Migrations)!;
        table.Release(table.Insert(row.WrittenSpan));
    }
}
