using System.Text.Json;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Inspection;

/// <summary>One replay of everything.</summary>
/// <param name="Hash">Sum of the modules' state hashes, which for one module is its hash.</param>
/// <param name="Events">Events applied.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record ReplayRun(StateHash Hash, long Events, TimeSpan Elapsed);

/// <summary>The first place where a replay gave something else.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Revision">The event.</param>
/// <param name="Reducer">The reducer of its transaction, if there is one.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Actual">What is there.</param>
internal sealed record Divergence(
    StreamName Stream,
    Revision Revision,
    string? Reducer,
    string Expected,
    string Actual);

/// <summary>What a replay check found.</summary>
/// <param name="Runs">The runs that came to an end.</param>
/// <param name="Divergence">The first divergence, or null.</param>
internal sealed record ReplayCheckReport(IReadOnlyList<ReplayRun> Runs, Divergence? Divergence)
{
    /// <summary>Whether all went as recorded.</summary>
    public bool IsDeterministic => Divergence is null;

    /// <summary>Transactions over several modules that are committed, and of which parts are not in their streams yet.</summary>
    public IReadOnlyList<OpenCommitPoint> OpenCommitPoints { get; init; } = [];

    /// <summary>Why parts of transactions over several modules could not be looked for to the end; null when they were.</summary>
    public EventStoreException? CommitPointFailure { get; init; }

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        OpenCommitPointText.Write(json, OpenCommitPoints);
        json.WriteString("commitPointFailure", CommitPointFailure?.Message);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of the object into one that is begun.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteBoolean("deterministic", IsDeterministic);
        json.WriteStartArray("runs");
        foreach (ReplayRun run in Runs)
        {
            json.WriteStartObject();
            json.WriteString("hash", run.Hash.ToString());
            json.WriteNumber("events", run.Events);
            json.WriteNumber("ms", Math.Round(run.Elapsed.TotalMilliseconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Divergence is null) json.WriteNull("divergence");
        else WriteDivergence(json, Divergence);
    }

    private static void WriteDivergence(Utf8JsonWriter json, Divergence divergence)
    {
        json.WriteStartObject("divergence");
        json.WriteString("stream", divergence.Stream.Value);
        json.WriteNumber("revision", divergence.Revision.Value);
        json.WriteString("reducer", divergence.Reducer);
        json.WriteString("expected", divergence.Expected);
        json.WriteString("actual", divergence.Actual);
        json.WriteEndObject();
    }
}
