using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Journal.Repair;

namespace Interstice.Cli.Inspection;

/// <summary>The report of a repair as the command line shows it.</summary>
/// <param name="report">What the repair says.</param>
/// <param name="mode">The mode that was asked for.</param>
/// <param name="copy">Where what is whole was copied to, null when it was not.</param>
internal sealed class RepairDocument(RepairReport report, string mode, string? copy)
{
    /// <summary>What the repair says.</summary>
    public RepairReport Report => report;

    /// <summary>Whether there is anything to repair.</summary>
    public bool IsDamaged => report.Changes.Count > 0;

    /// <summary>The outcome in one line.</summary>
    public string Summary => this switch
    {
        { Report.IsResumed: true } => $"finished a repair that was begun earlier; the files as they were, and its report: {report.Backup}",
        { Report.IsDone: true } => $"repaired: {Loss}; the files as they were, and this report: {report.Backup}",
        _ when copy is not null => $"copied what is whole to {copy}: {Loss}",
        { IsDamaged: false } => "nothing to repair",
        _ when mode == "salvage" =>
            $"changed nothing: {Loss}; commands that read take --recovery salvage, log-repair --mode salvage --to DIR copies what is whole",
        _ => $"changed nothing: {Loss}; the same with --yes does it, after a backup",
    };

    private string Loss =>
        $"{(report.IsLostComplete ? "" : "at least ")}{Count.Of(report.EventsLost, "event")} lost";

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mode", mode);
        json.WriteBoolean("damaged", IsDamaged);
        json.WriteBoolean("done", report.IsDone);
        json.WriteBoolean("resumed", report.IsResumed);
        json.WriteString("backup", report.Backup);
        json.WriteString("copy", copy);
        json.WriteNumber("eventsLost", report.EventsLost);
        json.WriteBoolean("lostComplete", report.IsLostComplete);
        json.WriteStartArray("lost");
        foreach (LostRevisions lost in report.Lost)
        {
            json.WriteStartObject();
            json.WriteString("stream", lost.Stream);
            json.WriteNumber("from", lost.From);
            json.WriteNumber("to", lost.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("stretches");
        foreach (LostStretch stretch in report.Stretches)
            WritePlace(json, stretch.File, stretch.Segment, stretch.Offset, stretch.Position, () => json.WriteNumber("bytes", stretch.Bytes));
        json.WriteEndArray();
        json.WriteStartArray("leftOut");
        foreach (LeftOutAppends leftOut in report.LeftOut)
        {
            WritePlace(json, leftOut.File, leftOut.Segment, leftOut.Offset, leftOut.Position, () =>
            {
                json.WriteNumber("appends", leftOut.Appends);
                json.WriteNumber("events", leftOut.Events);
            });
        }

        json.WriteEndArray();
        json.WriteStartArray("nameless");
        foreach (NamelessStream stream in report.Nameless)
        {
            WritePlace(json, stream.File, stream.Segment, stream.Offset, stream.Position, () =>
            {
                json.WriteNumber("lastPosition", stream.LastPosition);
                json.WriteNumber("from", stream.From);
                json.WriteNumber("to", stream.To);
                json.WriteNumber("events", stream.Events);
                json.WriteStartArray("candidates");
                foreach (string name in stream.Candidates) json.WriteStringValue(name);
                json.WriteEndArray();
                json.WriteNumber("candidateCount", stream.CandidateCount);
                json.WriteBoolean("mayBeNew", stream.MayBeNew);
            });
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (RepairFinding finding in report.Findings)
            WritePlace(json, finding.File, finding.Segment, finding.Offset, finding.Position, () => json.WriteString("what", finding.What));
        json.WriteEndArray();
        json.WriteStartArray("changes");
        foreach (FileChange change in report.Changes)
        {
            json.WriteStartObject();
            json.WriteString("file", change.File);
            json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(change.Kind.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, string file, long? segment, long offset, ulong position, Action more)
    {
        json.WriteStartObject();
        json.WriteString("file", file);
        if (segment is { } number) json.WriteNumber("segment", number);
        else json.WriteNull("segment");
        json.WriteNumber("offset", offset);
        json.WriteNumber("position", position);
        more();
        json.WriteEndObject();
    }
}
