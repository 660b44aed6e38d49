using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tables.Columnar;

namespace Interstice.Server.Http;

/// <summary>What is to be counted of a table.</summary>
/// <param name="Module">The module.</param>
/// <param name="Table">The table.</param>
/// <param name="Request">What is wanted.</param>
/// <param name="GroupsMax">Most groups of an answer.</param>
/// <param name="ScannedMax">Most rows that are looked at.</param>
internal sealed record AggregateLook(string Module, string Table, AggregateRequest Request, int GroupsMax, int ScannedMax)
{
    /// <summary>Counts. What it gives holds nothing of the tables.</summary>
    /// <exception cref="ProblemException">The table cannot answer it, or is too large.</exception>
    public AggregatePage Look(ModuleProjection projection)
    {
        ModuleSchema schema = projection.Schema
            ?? throw new ProblemException(ProblemKind.ModuleUnavailable, $"module {Module} has no published build at revision {projection.Revision}");
        TableSchema table = ModuleLookup.Table(schema, Module, Table);
        AggregateQuery query = Bind(table);
        Table rows = projection.State!.FindTable(table.Name)!;
        if (rows.Count > ScannedMax)
        {
            throw new ProblemException(
                ProblemKind.ScanTooLarge,
                $"{Module}.{Table} has {rows.Count} rows, and at most {ScannedMax} (RowsScannedMax) are looked at while calls wait; interstice aggregate --store counts them beside the host");
        }

        var document = new AggregateDocument(table, query, Aggregation.Run(rows, query));
        return document.Count <= GroupsMax ? new AggregatePage(projection.Revision, document) : throw new ProblemException(
            ProblemKind.ScanTooLarge,
            $"{Module}.{Table} has {document.Count} groups by \"{Request.Group}\", and at most {GroupsMax} (RowsMax) are given; narrow them with where");
    }

    private AggregateQuery Bind(TableSchema table)
    {
        try
        {
            return Request.Bind(table, $"{Module}.{Table}");
        }
        catch (ArgumentException fault)
        {
            throw new ProblemException(ProblemKind.BadRequest, fault.Message, fault);
        }
    }
}

/// <summary>What was counted, as of one revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Groups">The groups.</param>
internal sealed record AggregatePage(Revision Revision, AggregateDocument Groups)
{
    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json, string module, string table)
    {
        json.WriteStartObject();
        json.WriteString("module", module);
        json.WriteString("table", table);
        json.WriteNumber("revision", Revision.Value);
        json.WriteStartArray("groups");
        Groups.WriteItems(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
