using System.Text.Json;
using Interstice.Host.Reexecution;

namespace Interstice.Host.Inspection;

/// <summary>What running recorded calls again gave, as the stable objects of docs/cli.md.</summary>
public static class ReexecutionDocument
{
    /// <summary>Writes the object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="result">What a re-execution gave.</param>
    public static void Write(Utf8JsonWriter json, ReexecutionResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteString("module", result.Module);
        json.WriteNumber("from", result.From.Value);
        json.WriteNumber("to", result.To.Value);
        json.WriteNumber("calls", result.Calls);
        json.WriteNumber("events", result.Events);
        json.WriteNumber("fuelCompared", result.FuelCompared);
        json.WriteNumber("migrations", result.Migrations);
        json.WriteNumber("notRun", result.NotRun);
        json.WriteNumber("jointCalls", result.JointCalls);
        json.WriteNumber("hostTransactions", result.HostTransactions);
        json.WriteNumber("voidTransactions", result.VoidTransactions);
        json.WriteNumber("differentCalls", result.DifferentCalls);
        json.WriteNumber("differenceCount", result.DifferenceCount);
        json.WriteNumber("ms", Math.Round(result.Elapsed.TotalMilliseconds, 3));
        WriteDifferences(json, result.Differences);
        json.WriteEndObject();
    }

    /// <summary>Writes the object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="result">What looking for leaks found.</param>
    public static void Write(Utf8JsonWriter json, LeakResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteString("module", result.Module);
        json.WriteNumber("from", result.From.Value);
        json.WriteNumber("to", result.To.Value);
        json.WriteNumber("calls", result.Calls);
        json.WriteNumber("notRun", result.NotRun);
        json.WriteNumber("jointCalls", result.JointCalls);
        json.WriteNumber("differentAlike", result.DifferentAlike);
        json.WriteNumber("restarts", result.Restarts);
        json.WriteNumber("ms", Math.Round(result.Elapsed.TotalMilliseconds, 3));
        json.WriteStartArray("leaks");
        foreach (LeakingReducer leak in result.Leaks)
        {
            json.WriteStartObject();
            json.WriteString("reducer", leak.Reducer);
            json.WriteNumber("calls", leak.Calls);
            json.WritePropertyName("first");
            Write(json, leak.First);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes differences as a member of the object that is begun.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="differences">The differences.</param>
    public static void WriteDifferences(Utf8JsonWriter json, IReadOnlyList<EffectDifference> differences)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(differences);
        json.WriteStartArray("differences");
        foreach (EffectDifference difference in differences) Write(json, difference);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EffectDifference difference)
    {
        json.WriteStartObject();
        if (difference.Module is not null) json.WriteString("module", difference.Module);
        json.WriteNumber("revision", difference.Revision.Value);
        json.WriteString("reducer", difference.Reducer);
        json.WriteString("call", difference.Call);
        json.WriteString("kind", KindOf(difference.Kind));
        json.WriteString("expected", difference.Expected);
        json.WriteString("found", difference.Found);
        json.WriteEndObject();
    }

    private static string KindOf(EffectKind kind) => kind switch
    {
        EffectKind.Ending => "ending",
        EffectKind.Event => "event",
        EffectKind.Result => "result",
        EffectKind.Fuel => "fuel",
        EffectKind.StateHash => "stateHash",
        _ => "build",
    };
}
