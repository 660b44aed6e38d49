using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Host.Inspection;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Remote;

/// <summary>Rows of a running host.</summary>
/// <param name="session">Where they are written.</param>
/// <param name="server">The host.</param>
internal sealed class RemoteRows(Session session, ServerClient server)
{
    // What a host gives at most unless it is set otherwise: a stable format without a limit is complete, or fails.
    private const long DocumentRowsMax = 100_000;
    private const long TextRowsMax = 100;

    /// <summary>Writes the rows.</summary>
    /// <param name="name">The table.</param>
    /// <param name="limit">Most rows; null for the default of the format.</param>
    /// <param name="parameters">Further parameters of the route; those with null are left out.</param>
    public async Task<ExitCode> WriteAsync(QualifiedName name, long? limit, IEnumerable<(string Name, string? Value)> parameters)
    {
        long rows = limit ?? (session.IsText ? TextRowsMax : DocumentRowsMax);
        string query = QueryText.Of([.. parameters, ("limit", rows.ToString(CultureInfo.InvariantCulture))]);
        JsonElement page = await server
            .GetAsync($"v1/modules/{Uri.EscapeDataString(name.Module)}/tables/{Uri.EscapeDataString(name.Member)}/rows{query}")
            .ConfigureAwait(false);
        bool hasMore = page.GetProperty("more").GetBoolean();
        if (session.IsText)
        {
            ModuleSchema schema = await server.GetSchemaAsync(name.Module).ConfigureAwait(false);
            WriteText(ModuleLookup.FindTable(schema, name), page.GetProperty("rows"));
            if (hasMore && limit is null) session.Output.WriteLine("there are more rows; --limit N shows more");
            return ExitCode.Success;
        }

        if (hasMore && limit is null)
        {
            throw new CliException(
                ExitCode.Failed,
                $"{name} has more than {DocumentRowsMax} rows, more than a host gives at once; give --limit, or take parts of it with --from and --to");
        }

        foreach (JsonElement row in page.GetProperty("rows").EnumerateArray()) session.Documents.WriteItem(row.WriteTo);
        session.Documents.EndItems();
        return ExitCode.Success;
    }

    private void WriteText(TableSchema table, JsonElement rows)
    {
        TextTable text = RowList.Text(table);
        foreach (JsonElement row in rows.EnumerateArray())
            text.Add([.. table.Columns.Select(column => ValueText.Text(row.GetProperty(column.Name)))]);
        text.Write(session.Output);
    }
}
