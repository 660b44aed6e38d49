using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Host.Commands;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>How a call ended, for people and programs.</summary>
/// <param name="name">The reducer.</param>
/// <param name="resultType">Type of its value; null for none.</param>
/// <param name="outcome">How it ended.</param>
internal sealed class CallReport(QualifiedName name, DataType? resultType, CallOutcome outcome)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code => outcome switch
    {
        CallOutcome.Committed => ExitCode.Success,
        CallOutcome.Refused
        {
            Kind: CallRefusal.BadArguments or CallRefusal.UnknownReducer or CallRefusal.UnknownModule,
        } => ExitCode.Usage,
        _ => ExitCode.Failed,
    };

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        var committed = outcome as CallOutcome.Committed;
        json.WriteStartObject();
        json.WriteString("outcome", Word);
        if (committed is null) json.WriteNull("position");
        else json.WriteNumber("position", committed.Position.Commit);
        if (committed is null) json.WriteNull("revision");
        else json.WriteNumber("revision", committed.Revision.Value);
        json.WriteNumber("mutations", committed?.Mutations ?? 0);
        json.WritePropertyName("value");
        if (committed is null || resultType is null || committed.Value.IsEmpty) json.WriteNullValue();
        else JsonValues.Write(json, resultType, committed.Value.Span);
        json.WriteString("error", Error);
        if (committed is not null) json.WriteNumber("fuel", committed.Fuel);
        json.WriteEndObject();
    }

    /// <summary>Writes the outcome for people; a failure to standard error.</summary>
    public void WriteText(StandardOutput output)
    {
        if (outcome is not CallOutcome.Committed committed)
        {
            ErrorReport.WriteSentence($"{name} {Verb}: {Error}");
            return;
        }

        if (resultType is not null && !committed.Value.IsEmpty)
            output.WriteLine(ValueText.Of(resultType, committed.Value.Span));
        string what = committed.Mutations == 0 ? "changed nothing" : Count.Of(committed.Mutations, "mutation");
        output.WriteLine(
            $"committed at revision {committed.Revision}, position {committed.Position}: {what}, " +
            $"fuel {committed.Fuel}");
    }

    private string Word => outcome switch
    {
        CallOutcome.Committed => "committed",
        CallOutcome.Rejected => "rejected",
        CallOutcome.Trapped => "trapped",
        CallOutcome.Unknown => "unknown",
        CallOutcome.Refused
        {
            Kind: CallRefusal.NotCommitted or CallRefusal.QueueFull or CallRefusal.Stopping or CallRefusal.TimedOut,
        } => "retry",
        _ => "refused",
    };

    private string Verb => Word switch
    {
        "rejected" => "was rejected",
        "trapped" => "trapped, nothing was changed",
        "unknown" => "has an unknown outcome, look with log-inspect before calling again",
        "retry" => "was not committed, call again",
        _ => "was refused",
    };

    private string? Error => outcome switch
    {
        CallOutcome.Rejected rejected => rejected.Error,
        CallOutcome.Trapped trapped => trapped.Error,
        CallOutcome.Unknown unknown => unknown.Error,
        CallOutcome.Refused refused => refused.Error,
        _ => null,
    };
}
