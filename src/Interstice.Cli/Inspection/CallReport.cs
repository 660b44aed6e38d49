using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
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
            Kind: CallRefusal.BadArguments or CallRefusal.Private or CallRefusal.UnknownReducer or CallRefusal.UnknownModule,
        } => ExitCode.Usage,
        _ => ExitCode.Failed,
    };

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json) => CallDocument.Write(json, outcome, resultType);

    /// <summary>Writes the outcome for people; a failure to standard error.</summary>
    public void WriteText(StandardOutput output)
    {
        if (outcome is not CallOutcome.Committed committed)
        {
            ErrorReport.WriteSentence($"{name} {Verb}: {CallDocument.ErrorOf(outcome)}");
            return;
        }

        if (resultType is not null && !committed.Value.IsEmpty)
            output.WriteLine(ValueText.Of(resultType, committed.Value.Span));
        string what = committed.Mutations == 0 ? "changed nothing" : Count.Of(committed.Mutations, "mutation");
        output.WriteLine(
            $"committed at revision {committed.Revision}, position {committed.Position}: {what}, " +
            $"fuel {committed.Fuel}");
    }

    private string Verb => CallDocument.WordOf(outcome) switch
    {
        "rejected" => "was rejected",
        "trapped" => "trapped, nothing was changed",
        "unknown" => "has an unknown outcome, look with log-inspect before calling again",
        "retry" => "was not committed, call again",
        _ => "was refused",
    };
}
