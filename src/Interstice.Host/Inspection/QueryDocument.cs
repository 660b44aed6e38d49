using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>How a query ended, as the stable object of docs/cli.md.</summary>
public static class QueryDocument
{
    /// <summary>Writes the object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="outcome">How the query ended.</param>
    /// <param name="result">Type of its value.</param>
    public static void Write(Utf8JsonWriter json, QueryOutcome outcome, DataType result)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        WriteMembers(json, outcome, result);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of the object into one that is begun.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="outcome">How the query ended.</param>
    /// <param name="result">Type of its value; null where none is known, for a query that was not answered.</param>
    public static void WriteMembers(Utf8JsonWriter json, QueryOutcome outcome, DataType? result)
    {
        ArgumentNullException.ThrowIfNull(json);
        var answered = outcome as QueryOutcome.Answered;
        json.WriteString("outcome", WordOf(outcome));
        if (answered is null) json.WriteNull("revision");
        else json.WriteNumber("revision", answered.Revision.Value);
        json.WritePropertyName("value");
        if (answered is null || result is null) json.WriteNullValue();
        else JsonValues.Write(json, result, answered.Value.Span);
        json.WriteString("error", ErrorOf(outcome));
        if (answered is not null) json.WriteNumber("fuel", answered.Fuel);
    }

    /// <summary>The outcome in one word: <c>answered</c>, <c>rejected</c>, <c>trapped</c>, <c>refused</c>.</summary>
    public static string WordOf(QueryOutcome outcome) => outcome switch
    {
        QueryOutcome.Rejected => "rejected",
        QueryOutcome.Trapped => "trapped",
        QueryOutcome.Refused => "refused",
        _ => "answered",
    };

    /// <summary>What went wrong; null for a query that was answered.</summary>
    public static string? ErrorOf(QueryOutcome outcome) => outcome switch
    {
        QueryOutcome.Rejected rejected => rejected.Error,
        QueryOutcome.Trapped trapped => trapped.Error,
        QueryOutcome.Refused refused => refused.Error,
        _ => null,
    };
}
