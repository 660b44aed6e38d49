using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>Shows transactions over several modules that are committed and not complete, which is no error.</summary>
internal static class OpenCommitPointText
{
    /// <summary>A line for each.</summary>
    public static void Write(StandardOutput output, IReadOnlyList<OpenCommitPoint> open)
    {
        foreach (OpenCommitPoint point in open)
            output.WriteLine(
                $"  open: {StreamNames.Module(point.Module)}, revision {point.Revision}: what it committed is not in the stream of {string.Join(", ", point.Missing)} yet; " +
                "the host that owns the modules appends it before anything else of them runs");
    }

    /// <summary>The stable member.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<OpenCommitPoint> open)
    {
        json.WriteStartArray("openCommitPoints");
        foreach (OpenCommitPoint point in open)
        {
            json.WriteStartObject();
            json.WriteString("module", point.Module);
            json.WriteNumber("revision", point.Revision.Value);
            json.WriteString("transaction", point.Transaction.ToString());
            json.WriteStartArray("missing");
            foreach (string module in point.Missing) json.WriteStringValue(module);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
