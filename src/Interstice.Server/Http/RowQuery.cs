using System.Buffers;
using System.Text.Json;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Server.Http;

/// <summary>Which rows of a table are wanted.</summary>
/// <param name="Module">The module.</param>
/// <param name="Table">The table.</param>
/// <param name="Where">An expression that must hold; null for all.</param>
/// <param name="Index">The index that gives the order; null for the primary key.</param>
/// <param name="From">First key as JSON, inclusive; null for none.</param>
/// <param name="To">Last key as JSON, inclusive; null for none.</param>
/// <param name="Limit">Most rows.</param>
/// <param name="ScannedMax">Most rows that are looked at.</param>
internal sealed record RowQuery(
    string Module, string Table, string? Where, string? Index, string? From, string? To, int Limit, int ScannedMax)
{
    /// <summary>Looks. What it gives holds nothing of the tables.</summary>
    /// <exception cref="ProblemException">The table, the index or a key is none, or too many rows would have to be looked at.</exception>
    public RowPage Look(ModuleProjection projection)
    {
        ModuleSchema schema = projection.Schema
            ?? throw new ProblemException(ProblemKind.ModuleUnavailable, $"module {Module} has no published build at revision {projection.Revision}");
        TableSchema table = ModuleLookup.Table(schema, Module, Table);
        IndexSchema index = FindIndex(table);
        RowExpression? where = Where is null ? null : RowExpression.Compile(Where, table);
        byte[] from = From is null ? [] : EncodeKey("from", From, index.Key);
        byte[] to = To is null ? [] : EncodeKey("to", To, index.Key);
        var rows = new List<byte[]>();
        int scanned = 0;
        foreach (ReadOnlySpan<byte> row in projection.State!.FindTable(table.Name)!
            .Scan(index.Number, new KeyRange(from, false, to, false), descending: false))
        {
            if (++scanned > ScannedMax) throw TooMany();
            if (where is not null && !where.Matches(row)) continue;
            if (rows.Count == Limit) return new RowPage(table.Row, projection.Revision, rows, HasMore: true);
            rows.Add(row.ToArray());
        }

        return new RowPage(table.Row, projection.Revision, rows, HasMore: false);
    }

    private IndexSchema FindIndex(TableSchema table)
    {
        if (table.PrimaryKey is not { } primary)
        {
            throw new ProblemException(
                ProblemKind.BadRequest, $"{Module}.{Table} is an event table and keeps no rows; look at its events with GET /v1/log");
        }

        if (Index is null) return primary;
        return table.FindIndex(Index) ?? throw new ProblemException(
            ProblemKind.BadRequest,
            Host.Modules.UnknownName.Describe(
                $"table {Module}.{Table} has no index", Index, table.Indexes.Select(known => known.Name).Prepend(primary.Name)));
    }

    // A text that is no JSON stands for itself, as on the command line: from=alice.
    private static byte[] EncodeKey(string parameter, string text, KeyCodec key)
    {
        var comparable = new ArrayBufferWriter<byte>();
        using JsonDocument document = Parse(text, key.TypeOf(0));
        return JsonValues.TryReadKey(document.RootElement, key, comparable, out _, out ValueError error)
            ? comparable.WrittenSpan.ToArray()
            : throw new ProblemException(ProblemKind.BadRequest, $"{parameter}: {error.Message}");
    }

    private static JsonDocument Parse(string text, DataType first)
    {
        bool isText = first.Resolved is ScalarType
        {
            Kind: ScalarKind.String or ScalarKind.Uuid or ScalarKind.Timestamp or ScalarKind.Identity or ScalarKind.Bytes
        };
        if (isText && !text.StartsWith('"') && !text.StartsWith('[')) return JsonSerializer.SerializeToDocument(text);
        try
        {
            return JsonDocument.Parse(text, ValueLimits.Json);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToDocument(text);
        }
    }

    private ProblemException TooMany() => new(
        ProblemKind.ScanTooLarge,
        $"more than {ScannedMax} rows of {Module}.{Table} would have to be looked at, while its calls wait; narrow the range with index, from and to");
}

/// <summary>Rows of a table as of one revision.</summary>
/// <param name="Row">How they are encoded.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Rows">The rows.</param>
/// <param name="HasMore">Whether there are more than were wanted.</param>
internal sealed record RowPage(RowCodec Row, Revision Revision, List<byte[]> Rows, bool HasMore);
