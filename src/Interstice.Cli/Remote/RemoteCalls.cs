using System.Buffers;
using System.Text.Json;
using Interstice.Cli.Inspection;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Remote;

/// <summary>Calls and queries of a running host: arguments typed by its schema, answers as outcomes.</summary>
/// <param name="server">The host.</param>
internal sealed class RemoteCalls(ServerClient server)
{
    private const string JsonType = "application/json";

    /// <summary>Calls a reducer.</summary>
    public async Task<(CallOutcome Outcome, DataType? Result)> CallAsync(QualifiedName name, IReadOnlyList<string> texts, string? key = null)
    {
        ModuleSchema schema = await server.GetSchemaAsync(name.Module).ConfigureAwait(false);
        ReducerSchema reducer = schema.FindReducer(name.Member) ?? throw ModuleLookup.Unknown(
            $"module {name.Module} has no reducer", name.Member, schema.Reducers.Select(known => known.Name));
        byte[] body = Body(ArgumentTexts.Encode(name.ToString(), texts, reducer.Arguments), reducer.Arguments);
        try
        {
            JsonElement answer = await server.PostAsync(Path(name, "reducers"), body, JsonType, hasOutcome: true, key).ConfigureAwait(false);
            return (OutcomeOf(answer, reducer.Result), reducer.Result);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TimeoutException or ForeignAnswerException)
        {
            string advice = key is null ? "it may or may not be committed" : "make the call again with the same key";
            return (new CallOutcome.Unknown($"the answer to the call was lost: {fault.Message}; {advice}"), reducer.Result);
        }
    }

    /// <summary>Runs a query.</summary>
    public async Task<(QueryOutcome Outcome, QuerySchema Query)> QueryAsync(QualifiedName name, IReadOnlyList<string> texts)
    {
        ModuleSchema schema = await server.GetSchemaAsync(name.Module).ConfigureAwait(false);
        QuerySchema query = schema.FindQuery(name.Member) ?? throw ModuleLookup.Unknown(
            $"module {name.Module} has no query", name.Member, schema.Queries.Select(known => known.Name));
        byte[] body = Body(ArgumentTexts.Encode(name.ToString(), texts, query.Arguments), query.Arguments);
        JsonElement answer = await server.PostAsync(Path(name, "queries"), body, JsonType, hasOutcome: true).ConfigureAwait(false);
        string? error = answer.GetProperty("error").GetString();
        QueryOutcome outcome = answer.GetProperty("outcome").GetString() switch
        {
            "answered" => new QueryOutcome.Answered(
                new Revision(answer.GetProperty("revision").GetInt64()),
                Encode(answer.GetProperty("value"), query.Result),
                answer.GetProperty("fuel").GetUInt64()),
            "rejected" => new QueryOutcome.Rejected(error ?? ""),
            "trapped" => new QueryOutcome.Trapped(default, error ?? ""),
            _ => new QueryOutcome.Refused(CallRefusal.Unavailable, error ?? ""),
        };
        return (outcome, query);
    }

    private static string Path(QualifiedName name, string kind) =>
        $"v1/modules/{Uri.EscapeDataString(name.Module)}/{kind}/{Uri.EscapeDataString(name.Member)}";

    // Named, as a row is written: exact for every type.
    private static byte[] Body(byte[] arguments, RowCodec parameters)
    {
        using var json = new JsonBuffer(isIndented: false);
        return json.Build(writer => JsonValues.WriteRow(writer, parameters, arguments)).ToArray();
    }

    /// <summary>The outcome that an answer tells.</summary>
    /// <param name="answer">An object of a call, or a problem with its members.</param>
    /// <param name="result">Type of the value; null for none.</param>
    public static CallOutcome OutcomeOf(JsonElement answer, DataType? result)
    {
        string error = answer.GetProperty("error").GetString() ?? "";
        return answer.GetProperty("outcome").GetString() switch
        {
            "committed" => new CallOutcome.Committed(
                new Revision(answer.GetProperty("revision").GetInt64()),
                new Position(answer.GetProperty("position").GetUInt64(), answer.GetProperty("position").GetUInt64()),
                answer.GetProperty("mutations").GetInt32(),
                result is null ? default : Encode(answer.GetProperty("value"), result),
                answer.GetProperty("fuel").GetUInt64()),
            "rejected" => new CallOutcome.Rejected(error),
            "trapped" => new CallOutcome.Trapped(default, error),
            "unknown" => new CallOutcome.Unknown(error),
            "retry" => new CallOutcome.Refused(CallRefusal.NotCommitted, error),
            _ => new CallOutcome.Refused(CallRefusal.Unavailable, error),
        };
    }

    private static byte[] Encode(JsonElement value, DataType type)
    {
        var encoded = new ArrayBufferWriter<byte>();
        return JsonValues.TryRead(value, type, encoded, out ValueError error)
            ? encoded.WrittenSpan.ToArray()
            : throw new JsonException($"the host answered with a value that is no {type}: {error.Message}");
    }
}
