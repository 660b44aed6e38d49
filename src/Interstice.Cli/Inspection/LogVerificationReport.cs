using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>One thing that is wrong in a log.</summary>
/// <param name="File">The file, if it lies in one.</param>
/// <param name="Segment">Number of the segment, if it lies in one.</param>
/// <param name="Offset">Byte of the file.</param>
/// <param name="Position">The same place in the whole log.</param>
/// <param name="Kind">What sort of thing.</param>
/// <param name="What">What was compared.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Found">What it is.</param>
internal sealed record LogError(
    string? File,
    long? Segment,
    long? Offset,
    ulong Position,
    string Kind,
    string What,
    string Expected,
    string Found)
{
    /// <summary>The module's stream, if it is about one.</summary>
    public StreamName? Stream { get; init; }

    /// <summary>The revision in it.</summary>
    public Revision? Revision { get; init; }

    /// <summary>Takes over what the journal found.</summary>
    public static LogError Of(VerificationError error) => new(
        error.File,
        error.Segment,
        error.Offset,
        error.Position,
        JsonNamingPolicy.CamelCase.ConvertName(error.Kind.ToString()),
        error.What,
        error.Expected,
        error.Found);

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Segment is { } segment) json.WriteNumber("segment", segment);
        else json.WriteNull("segment");
        json.WriteNumber("position", Position);
        json.WriteString("kind", Kind);
        json.WriteString("expected", Expected);
        json.WriteString("found", Found);
        json.WriteString("what", What);
        json.WriteString("file", File);
        if (Offset is { } offset) json.WriteNumber("offset", offset);
        else json.WriteNull("offset");
        json.WriteString("stream", Stream?.Value);
        if (Revision is { } revision) json.WriteNumber("revision", revision.Value);
        else json.WriteNull("revision");
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override string ToString() => (File, Stream) switch
    {
        (null, null) => $"position {Position}: expected {Expected}, found {Found}",
        (null, { } stream) => $"{stream}, revision {Revision?.ToString() ?? "none"}: {What} should be {Expected}, found {Found}",
        _ => $"{File}, byte {Offset} (position {Position}): {What} should be {Expected}, found {Found}",
    };
}

/// <summary>What verifying a log found.</summary>
/// <param name="Segments">Segments read.</param>
/// <param name="Frames">Frames whose checksum is right.</param>
/// <param name="Appends">Frames that hold events.</param>
/// <param name="Events">Events in them.</param>
/// <param name="Transactions">Transactions in the streams of modules.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Chains">Where the hash chains of the modules end.</param>
/// <param name="Errors">What is wrong.</param>
internal sealed record LogVerificationReport(
    int Segments,
    long Frames,
    long Appends,
    long Events,
    long Transactions,
    long Bytes,
    IReadOnlyList<ChainHead> Chains,
    IReadOnlyList<LogError> Errors)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsOk => Errors.Count == 0;

    /// <summary>Transactions that changed nothing, because another host had taken the module over before they arrived.</summary>
    public long VoidTransactions { get; init; }

    /// <summary>How often a host took a module over.</summary>
    public long Ownerships { get; init; }

    /// <summary>Transactions over several modules that were committed in one stream before the others, void ones apart.</summary>
    public long CommitPoints { get; init; }

    /// <summary>Those among them of which parts are not in their streams yet.</summary>
    public IReadOnlyList<OpenCommitPoint> OpenCommitPoints { get; init; } = [];

    /// <summary>Where repairs left out what was damaged.</summary>
    public IReadOnlyList<JournalHole> Holes { get; init; } = [];

    /// <summary>Segments that lie in an archive.</summary>
    public IReadOnlyList<ArchivedSegment> Archived { get; init; } = [];

    /// <summary>Whether all that is wrong is an archive that cannot be read now.</summary>
    public bool MissesArchiveOnly => !IsOk && Errors.All(error => error.Kind == "archive");

    /// <summary>What was found in each segment.</summary>
    public IReadOnlyList<SegmentResult> SegmentResults { get; init; } = [];

    /// <summary>What stands behind the last frame; one of the errors.</summary>
    public TornTail? TornTail { get; init; }

    /// <summary>Files that are no part of log and snapshots.</summary>
    public IReadOnlyList<LeftoverFile> OtherFiles { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The counts in words.</summary>
    public string Describe() =>
        $"{Count.Of(Segments, "segment")}, {Count.Of(Frames, "frame")}, {Count.Of(Events, "event")}, " +
        $"{Count.Of(Transactions, "transaction")}{(VoidTransactions > 0 ? $" ({VoidTransactions:N0} void)" : "")}, {Count.Of(Bytes, "byte")}";

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", IsOk);
        json.WriteNumber("segments", Segments);
        json.WriteNumber("frames", Frames);
        json.WriteNumber("appends", Appends);
        json.WriteNumber("events", Events);
        json.WriteNumber("transactions", Transactions);
        json.WriteNumber("voidTransactions", VoidTransactions);
        json.WriteNumber("ownerships", Ownerships);
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 6));
        json.WriteNumber("commitPoints", CommitPoints);
        OpenCommitPointText.Write(json, OpenCommitPoints);
        json.WriteStartArray("chains");
        foreach (ChainHead chain in Chains) chain.Write(json);
        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (LogError error in Errors) error.Write(json);
        json.WriteEndArray();
        json.WriteStartArray("holes");
        foreach (JournalHole hole in Holes)
        {
            json.WriteStartObject();
            json.WriteNumber("segment", hole.Segment);
            json.WriteNumber("position", hole.Position);
            json.WriteNumber("bytes", hole.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("archived");
        foreach (ArchivedSegment segment in Archived)
        {
            json.WriteStartObject();
            json.WriteNumber("segment", segment.Number);
            json.WriteNumber("position", segment.Position);
            json.WriteNumber("bytes", segment.Length);
            json.WriteString("directory", segment.Directory);
            json.WriteString("archivedAt", TimestampText.Format((segment.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond));
            json.WriteString("archivedBy", segment.By);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTornTail(json);
        WriteSegments(json);
        json.WriteStartArray("otherFiles");
        foreach (LeftoverFile file in OtherFiles) file.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteTornTail(Utf8JsonWriter json)
    {
        if (TornTail is not { } torn)
        {
            json.WriteNull("tornTail");
            return;
        }

        json.WriteStartObject("tornTail");
        json.WriteNumber("segment", torn.Segment);
        json.WriteNumber("offset", torn.Offset);
        json.WriteNumber("position", torn.Position);
        json.WriteNumber("bytes", torn.Bytes);
        json.WriteEndObject();
    }

    private void WriteSegments(Utf8JsonWriter json)
    {
        json.WriteStartArray("segmentResults");
        foreach (SegmentResult segment in SegmentResults)
        {
            json.WriteStartObject();
            json.WriteNumber("number", segment.Number);
            json.WriteString("file", segment.File);
            json.WriteNumber("position", segment.Position);
            json.WriteNumber("bytes", segment.Bytes);
            json.WriteNumber("frames", segment.Frames);
            json.WriteNumber("events", segment.Events);
            json.WriteBoolean("sealed", segment.IsSealed);
            json.WriteNumber("errors", segment.Errors);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
