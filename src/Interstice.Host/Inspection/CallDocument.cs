using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>How a call ended, as the stable object of docs/cli.md.</summary>
public static class CallDocument
{
    /// <summary>Writes the object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="outcome">How the call ended.</param>
    /// <param name="result">Type of the reducer's value; null for none.</param>
    public static void Write(Utf8JsonWriter json, CallOutcome outcome, DataType? result)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        WriteMembers(json, outcome, result);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of the object into one that is begun.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="outcome">How the call ended.</param>
    /// <param name="result">Type of the reducer's value; null for none.</param>
    public static void WriteMembers(Utf8JsonWriter json, CallOutcome outcome, DataType? result)
    {
        ArgumentNullException.ThrowIfNull(json);
        var committed = outcome as CallOutcome.Committed;
        json.WriteString("outcome", WordOf(outcome));
        if (committed is null) json.WriteNull("position");
        else json.WriteNumber("position", committed.Position.Commit);
        if (committed is null) json.WriteNull("revision");
        else json.WriteNumber("revision", committed.Revision.Value);
        json.WriteNumber("mutations", committed?.Mutations ?? 0);
        json.WritePropertyName("value");
        if (committed is null || result is null || committed.Value.IsEmpty) json.WriteNullValue();
        else JsonValues.Write(json, result, committed.Value.Span);
        json.WriteString("error", ErrorOf(outcome));
        if (committed is not null) json.WriteNumber("fuel", committed.Fuel);
    }

    /// <summary>The outcome in one word: <c>committed</c>, <c>rejected</c>, <c>trapped</c>, <c>retry</c> when it was not committed and
    /// may be called again, <c>unknown</c>, <c>refused</c>.</summary>
    public static string WordOf(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Committed => "committed",
        CallOutcome.Rejected => "rejected",
        CallOutcome.Trapped => "trapped",
        CallOutcome.Unknown => "unknown",
        CallOutcome.Refused { Kind: var kind } when MayRetry(kind) => "retry",
        _ => "refused",
    };

    /// <summary>Whether a call that was refused so may be made again as it is.</summary>
    public static bool MayRetry(CallRefusal kind) =>
        kind is CallRefusal.NotCommitted or CallRefusal.NotOwner or CallRefusal.QueueFull or CallRefusal.Stopping or CallRefusal.TimedOut;

    /// <summary>What went wrong; null for a call that was committed.</summary>
    public static string? ErrorOf(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Rejected rejected => rejected.Error,
        CallOutcome.Trapped trapped => trapped.Error,
        CallOutcome.Unknown unknown => unknown.Error,
        CallOutcome.Refused refused => refused.Error,
        _ => null,
    };
}
