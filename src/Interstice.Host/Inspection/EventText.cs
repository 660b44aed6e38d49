using System.Globalization;
using System.Text;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>Writes events of the log for people: the call, then what it changed, indented.</summary>
/// <param name="writeLine">Takes a line.</param>
/// <param name="before">The transaction of the event that was written last.</param>
public sealed class EventText(Action<string> writeLine, (StreamName Stream, TransactionId Id)? before)
{
    private const int HashDigits = 12;

    private (StreamName Stream, TransactionId Id)? _last = before;

    /// <summary>Stream and transaction of an event; null for one of no transaction.</summary>
    public static (StreamName Stream, TransactionId Id)? TransactionOf(LoggedEvent logged) =>
        logged.Transaction is { } id ? (logged.Recorded.Stream, id) : null;

    /// <summary>Writes an event.</summary>
    public void Write(LoggedEvent logged)
    {
        if (logged.Transaction is not { } id)
        {
            writeLine(DescribeOther(logged));
            _last = null;
            return;
        }

        if (_last != (logged.Recorded.Stream, id)) writeLine(DescribeCall(logged));
        _last = (logged.Recorded.Stream, id);
        writeLine("    " + DescribeMutation(logged));
    }

    /// <summary>The call of an event's transaction.</summary>
    public static string DescribeCall(LoggedEvent logged)
    {
        if (logged.Call is not { } call) return $"{Place(logged)}  transaction {logged.Transaction}{Void(logged)}";
        string hash = call.StateHash.ToString("x32", CultureInfo.InvariantCulture);
        return $"{Place(logged)}  {TimestampText.Format(call.TimeUs)}  {What(logged, call)}  by {Who(call)}  " +
            $"{(call.EventCount == 1 ? "1 event" : $"{call.EventCount:N0} events")}{Fuel(call)}, " +
            $"hash {Short(hash)}{Key(call)}{Void(logged)}";
    }

    /// <summary>What an event changed: <c>~ accounts [1]  balance 100 -> 50</c>.</summary>
    public static string DescribeMutation(LoggedEvent logged)
    {
        if (logged.Recorded.Type == EventTypes.CallRecorded) return "= changed nothing";
        if (logged.Recorded.Type == EventTypes.GroupCommitted) return DescribeGroup(GroupCommitted.Read(logged.Recorded.Data.Span));
        if (logged.Recorded.Type == EventTypes.EventEmitted && logged.Table is null)
        {
            string payload = logged.Emitted is { } declared
                ? ValueText.Of(declared.Payload, logged.Row.Span)
                : $"{logged.Row.Length} bytes";
            return $"! {logged.Subject}  {payload}";
        }

        if (logged.Table is not { } table) return $"{Sign(logged)} {logged.Subject}  {logged.Row.Length} bytes";
        if (!logged.OldRow.IsEmpty) return DescribeUpdate(logged, table);
        string[] row = ValueText.OfRow(table.Row, logged.Row.Span);
        if (table.PrimaryKey is null)
            return $"{Sign(logged)} {table.Name}  {string.Join(" ", table.Columns.Select(column => $"{column.Name} {Visible(row[column.Number])}"))}";
        var text = new StringBuilder($"{Sign(logged)} {table.Name} [{Key(table, row)}] ");
        foreach (ColumnSchema column in table.Columns)
            if (!column.IsPrimaryKey) text.Append($" {column.Name} {Visible(row[column.Number])}");
        return text.ToString();
    }

    private static string DescribeGroup(GroupCommitted group) => "= committed with " + string.Join(
        ", ", group.Parts.Select(part => part.Events.Length == 1 ? $"{part.Module} (1 event)" : $"{part.Module} ({part.Events.Length:N0} events)"));

    // Text is made of the key and of what has changed: most of a row stays as it was.
    private static string DescribeUpdate(LoggedEvent logged, TableSchema table)
    {
        ReadOnlySpan<byte> row = logged.Row.Span;
        ReadOnlySpan<byte> old = logged.OldRow.Span;
        var text = new StringBuilder($"{Sign(logged)} {table.Name} [");
        string separator = "";
        foreach (int column in table.PrimaryKey?.Columns ?? [])
        {
            text.Append(separator).Append(TextOf(table, column, row));
            separator = ", ";
        }

        text.Append("] ");
        foreach (ColumnSchema column in table.Columns)
        {
            int i = column.Number;
            if (column.IsPrimaryKey || table.Row.Field(row, i).SequenceEqual(table.Row.Field(old, i))) continue;
            string was = TextOf(table, i, old);
            string now = TextOf(table, i, row);
            if (was != now) text.Append($" {column.Name} {Visible(was)} -> {Visible(now)}");
        }

        return text.ToString();
    }

    private static string Visible(string text) => text.Length == 0 ? "\"\"" : text;

    private static string TextOf(TableSchema table, int column, ReadOnlySpan<byte> row) =>
        ValueText.Of(table.Row.Fields[column].Type, table.Row.Field(row, column));

    // A call; the part of one that began in another module; or what a host writes by itself.
    private static string What(LoggedEvent logged, TransactionRecord call) => call.Reducer switch
    {
        "" => "transaction",
        _ when IsPart(call) => $"part of {call.Reducer}",
        _ => $"{call.Reducer}({Arguments(logged)})",
    };

    private static string Who(TransactionRecord call) =>
        call.Caller == HostIdentity.Value ? "the host" : Short(call.Caller.ToString());

    // Fuel is counted over the whole call, and recorded where it began.
    private static string Fuel(TransactionRecord call) => IsPart(call) || call.Reducer.Length == 0 ? "" : $", fuel {call.Fuel}";

    private static bool IsPart(TransactionRecord call) => call.Reducer.Contains('.', StringComparison.Ordinal);

    private static string Place(LoggedEvent logged) =>
        $"{logged.Module} #{logged.Recorded.Revision.Value - logged.Index}";

    private static string Key(TransactionRecord call) => call.IdempotencyKey is { } key ? $", key \"{key}\"" : "";

    private static string Void(LoggedEvent logged) => logged switch
    {
        { IsVoid: false } => "",
        { Call: { } call } => $", VOID: changed nothing, of epoch {call.Epoch}",
        _ => ", VOID: changed nothing",
    };

    private static string Short(string hex) => hex[..HashDigits];

    private static string Sign(LoggedEvent logged) => logged.Recorded.Type switch
    {
        EventTypes.RowInserted => "+",
        EventTypes.RowDeleted => "-",
        EventTypes.EventEmitted => "!",
        _ => "~",
    };

    private static string Key(TableSchema table, string[] row) =>
        string.Join(", ", (table.PrimaryKey?.Columns ?? []).Select(column => row[column]));

    private static string Arguments(LoggedEvent logged)
    {
        if (logged.Reducer is not { } reducer) return $"{logged.Call!.Arguments.Length} bytes";
        string[] values = ValueText.OfRow(reducer.Arguments, logged.Call!.Arguments.Span);
        return string.Join(", ", reducer.Parameters.Select((parameter, i) => $"{parameter.Name}: {values[i]}"));
    }

    private static string DescribeOther(LoggedEvent logged)
    {
        RecordedEvent recorded = logged.Recorded;
        string what = recorded.Type switch
        {
            EventTypes.ModulePublished when logged.Module is not null =>
                DescribePublished(ModulePublished.Read(recorded.Data.Span)),
            EventTypes.OwnershipTaken when logged.Module is not null =>
                DescribeTaken(OwnershipTaken.Read(recorded.Data.Span)),
            EventTypes.ModuleListed when recorded.Stream == StreamNames.Modules =>
                $"module {ModuleListed.Read(recorded.Data.Span).Name} joins the list",
            _ => $"{recorded.Type}, {recorded.Data.Length} bytes",
        };
        string place = $"{logged.Module ?? recorded.Stream.Value} #{recorded.Revision}";
        return $"{place}  {TimestampText.Format(recorded.CreatedUs)}  {what}";
    }

    private static string DescribePublished(ModulePublished published) =>
        $"published, version {published.Version}, code {Short(published.Code.ToString())}, {published.CodeBytes} bytes"
        + string.Concat(published.Effects.Select(effects => $"; a migration wrote {MigrationDocument.Describe(effects)}"));

    private static string DescribeTaken(OwnershipTaken taken) => $"owned by host {taken.Host}, epoch {taken.Epoch}";
}
