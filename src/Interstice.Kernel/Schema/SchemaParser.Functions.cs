using System.Collections.Immutable;
using System.Text.Json;

namespace Interstice.Kernel.Schema;

/// <content>Reducers, queries, events and subscriptions.</content>
internal sealed partial class SchemaParser
{
    private const string Functions = "reducers and queries";

    private ReducerSchema ReadReducer(DeclarationReader reader)
    {
        string name = ReadName(reader, "reducer", Functions);
        return new ReducerSchema(ReadParameters(reader))
        {
            Name = name,
            Result = reader.Has("result") ? ReadType(reader, "result") : null,
            Visibility = ReadVisibility(reader),
            Lifecycle = (LifecycleRole?)reader.FindWord("lifecycle", "init", "upgrade", "connected", "disconnected"),
            Calls = ReadCalls(reader),
            Extra = reader.Rest(),
        };
    }

    private QuerySchema ReadQuery(DeclarationReader reader)
    {
        string name = ReadName(reader, "query", Functions);
        return new QuerySchema(ReadParameters(reader))
        {
            Name = name,
            Result = ReadType(reader, "result"),
            Visibility = ReadVisibility(reader),
            Extra = reader.Rest(),
        };
    }

    private ImmutableArray<ParameterSchema> ReadParameters(DeclarationReader reader)
    {
        JsonElement[] items = reader.ReadItems("parameters", 0, SchemaLimits.ParametersMax, "parameters");
        return [.. ReadNamed(reader, items, "parameter", isTyped: false, (parameter, name) =>
        {
            DataType type = ReadType(parameter, "type");
            return new ParameterSchema(name, type) { Extra = parameter.Rest() };
        })];
    }

    private static ImmutableArray<string> ReadCalls(DeclarationReader reader)
    {
        string[] calls = reader.ReadTexts("calls", 0, SchemaLimits.DeclarationsMax, "calls");
        foreach (string call in calls)
        {
            if (SchemaNames.TrySplit(call, out _, out _)) continue;
            throw reader.Error(SchemaErrorKind.InvalidKey,
                $"{reader.Subject}: calls names \"{call}\"; expected module.reducer");
        }

        if (calls.Distinct().Count() == calls.Length) return [.. calls.Order(StringComparer.Ordinal)];
        string twice = calls.First(call => calls.Count(other => other == call) > 1);
        throw reader.Error(SchemaErrorKind.DuplicateName, $"{reader.Subject}: calls names \"{twice}\" twice");
    }

    private void ReadEvents()
    {
        var readers = new Dictionary<string, DeclarationReader>();
        foreach (DeclarationReader reader in ReadAll("event"))
            readers.Add(ReadName(reader, "event", "tables and events"), reader);
        Events = [.. readers.Keys.Order(StringComparer.Ordinal).Select((name, number) => new EventSchema
        {
            Name = name,
            Number = number,
            Payload = ReadType(readers[name], "type"),
            Extra = readers[name].Rest(),
        })];
    }

    private void CheckLifecycles()
    {
        var roles = new string?[Enum.GetValues<LifecycleRole>().Length];
        foreach (ReducerSchema reducer in Reducers)
        {
            if (reducer.Lifecycle is not { } role) continue;
            string word = role.ToString().ToLowerInvariant();
            string subject = $"reducer \"{reducer.Name}\"";
            DeclarationReader reader = ReadAll("reducer").First(candidate => candidate.Subject == subject);
            if (roles[(int)role] is { } other)
            {
                throw reader.Error(SchemaErrorKind.DuplicateLifecycle,
                    $"{reader.Subject} and reducer \"{other}\" both have lifecycle {word}; one may");
            }

            roles[(int)role] = reducer.Name;
            if (!reducer.Parameters.IsEmpty)
            {
                throw reader.Error(SchemaErrorKind.InvalidLifecycle,
                    $"{reader.Subject} has lifecycle {word} and parameters; the host calls it without, remove them");
            }
        }
    }

    private void ReadSubscriptions() => Subscriptions =
    [
        .. ReadAll("subscription").Select(ReadSubscription)
            .OrderBy(s => s.Source, StringComparer.Ordinal).ThenBy(s => s.Operation)
            .ThenBy(s => s.Handler, StringComparer.Ordinal),
    ];

    private SubscriptionSchema ReadSubscription(DeclarationReader reader)
    {
        string source = reader.ReadText("source");
        string handler = reader.ReadText("handler");
        reader.Subject = $"subscription of \"{handler}\" to \"{source}\"";
        if (!SchemaNames.TrySplit(source, out string module, out string name))
        {
            throw reader.Error(SchemaErrorKind.InvalidSubscription,
                $"{reader.Subject}: source \"{source}\" is neither module.table nor module.event");
        }

        if (Reducers.All(reducer => reducer.Name != handler))
        {
            throw reader.Error(SchemaErrorKind.UnknownName, $"{reader.Subject}: handler \"{handler}\" is no reducer of "
                + $"this module{NearestName.Suggest(handler, Reducers.Select(reducer => reducer.Name))}");
        }

        int operation = reader.FindWord("operation", "insert", "update", "delete", "event")
            ?? throw reader.Missing("operation", "insert, update, delete or event");
        var subscription = new SubscriptionSchema
        {
            SourceModule = module,
            SourceName = name,
            Operation = (SubscriptionOperation)operation,
            Handler = handler,
            Start = (SubscriptionStart)(reader.FindWord("from", "beginning", "now") ?? 0),
            Depth = ReadDepth(reader),
            Extra = reader.Rest(),
        };
        string key = $"subscription/{source}/{operation}/{handler}";
        if (!_names.TryAdd(key, "subscription"))
            throw reader.Error(SchemaErrorKind.DuplicateName, $"{reader.Subject} is declared twice; remove one");
        if (module == Name) CheckOwnSource(reader, subscription);
        return subscription;
    }

    private static int? ReadDepth(DeclarationReader reader)
    {
        if (reader.FindNumber("depth") is not { } depth) return null;
        if (depth is >= 1 and <= SchemaLimits.SubscriptionDepthMax) return depth;
        throw reader.Error(SchemaErrorKind.InvalidKey,
            $"{reader.Subject}: depth is {depth}; it is 1 to {SchemaLimits.SubscriptionDepthMax}");
    }

    private void CheckOwnSource(DeclarationReader reader, SubscriptionSchema subscription)
    {
        TableSchema? table = Tables.FirstOrDefault(table => table.Name == subscription.SourceName);
        bool isEvent = Events.Any(e => e.Name == subscription.SourceName);
        if (table is null && !isEvent)
        {
            IEnumerable<string> names = Tables.Select(t => t.Name).Concat(Events.Select(e => e.Name));
            throw reader.Error(SchemaErrorKind.UnknownName, $"{reader.Subject}: this module has no table or event "
                + $"\"{subscription.SourceName}\"{NearestName.Suggest(subscription.SourceName, names)}");
        }

        // The rows of an event table are inserted, so a subscription may speak of either operation.
        bool fits = subscription.Operation switch
        {
            SubscriptionOperation.Event => isEvent || table!.Kind == TableKind.Event,
            SubscriptionOperation.Insert => table is not null,
            _ => table is not null && table.Kind != TableKind.Event,
        };
        if (fits) return;
        throw reader.Error(SchemaErrorKind.InvalidSubscription, $"{reader.Subject}: operation "
            + $"{subscription.Operation.ToString().ToLowerInvariant()} does not happen to {subscription.SourceName}");
    }
}
