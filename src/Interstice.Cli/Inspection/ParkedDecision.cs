using System.Globalization;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;

namespace Interstice.Cli.Inspection;

/// <summary>Runs parked work again, or drops it, one after the other, and says how each ended.</summary>
/// <param name="session">Where to.</param>
/// <param name="module">The module.</param>
/// <param name="drops">Whether they are dropped.</param>
internal sealed class ParkedDecision(Session session, string module, bool drops)
{
    /// <summary>Decides about all of them, also where one fails.</summary>
    /// <param name="ids">Numbers.</param>
    /// <param name="decide">Does it; throws <see cref="CliException"/> where nothing is parked under the number.</param>
    /// <returns>Success if each was done; else the code of the first that was not.</returns>
    public async Task<ExitCode> RunAsync(IReadOnlyCollection<ulong> ids, Func<ulong, Task<CallOutcome>> decide)
    {
        ExitCode code = ExitCode.Success;
        int done = 0;
        foreach (ulong id in ids)
        {
            session.Stopping.ThrowIfCancellationRequested();
            ExitCode ended = await RunAsync(id, decide).ConfigureAwait(false);
            if (ended == ExitCode.Success) done++;
            else if (code == ExitCode.Success) code = ended;
        }

        if (!session.IsText) session.Documents.EndItems();
        else if (ids.Count != 1) session.Output.WriteLine($"{Count.Of(done, "item")} {(drops ? "dropped" : "run again")}, {Count.Of(ids.Count - done, "item")} left");
        return code;
    }

    private async Task<ExitCode> RunAsync(ulong id, Func<ulong, Task<CallOutcome>> decide)
    {
        CallOutcome outcome;
        try
        {
            outcome = await decide(id).ConfigureAwait(false);
        }
        catch (CliException fault) when (!session.IsText && fault.Code == ExitCode.Usage)
        {
            outcome = new CallOutcome.Refused(CallRefusal.BadArguments, fault.Message);
        }
        catch (CliException fault) when (fault.Code == ExitCode.Usage)
        {
            ErrorReport.WriteSentence(fault.Message);
            return fault.Code;
        }

        if (session.IsText) WriteText(id, outcome);
        else Write(id, outcome);
        return outcome switch
        {
            CallOutcome.Committed => ExitCode.Success,
            CallOutcome.Refused { Kind: CallRefusal.BadArguments or CallRefusal.UnknownModule } => ExitCode.Usage,
            _ => ExitCode.Failed,
        };
    }

    private void Write(ulong id, CallOutcome outcome) => session.Documents.WriteItem(json =>
    {
        json.WriteStartObject();
        json.WriteString("module", module);
        json.WriteString("id", id.ToString(CultureInfo.InvariantCulture));
        CallDocument.WriteMembers(json, outcome, null);
        json.WriteEndObject();
    });

    private void WriteText(ulong id, CallOutcome outcome)
    {
        if (outcome is CallOutcome.Committed committed)
        {
            session.Output.WriteLine($"number {id} was {(drops ? "dropped" : "run again")}: committed at revision {committed.Revision}");
            return;
        }

        string advice = outcome is CallOutcome.Unknown ? "look whether it is still parked" : "it stays parked";
        ErrorReport.WriteSentence($"number {id} of {module} was {CallDocument.WordOf(outcome)}: {CallDocument.ErrorOf(outcome)}; {advice}");
    }
}
