using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>Whether a subscription fits what its source declares: there is such a table or event, the operation happens to it, and the
/// handler takes what is delivered.</summary>
public static class SubscriptionFit
{
    /// <summary>What does not fit, as a sentence, or null.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="handler">Its handler.</param>
    /// <param name="source">Declarations of its source.</param>
    /// <param name="isOwn">Whether the source is the subscribing module itself.</param>
    public static string? FindMisfit(SubscriptionSchema subscription, ReducerSchema handler, ModuleSchema source, bool isOwn)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(source);
        string subject = $"subscription of \"{handler.Name}\" to \"{subscription.Source}\"";
        if (source.FindEvent(subscription.SourceName) is { } emitted)
        {
            if (subscription.Operation != SubscriptionOperation.Event)
                return $"{subject}: it is a custom event, so the operation is event, not {Word(subscription)}";
            return Describe(subject, handler, [emitted.Payload], $"the payload, {emitted.Payload}");
        }

        if (source.FindTable(subscription.SourceName) is not { } table || table.Name.StartsWith('_'))
        {
            IEnumerable<string> names = source.Tables.Select(known => known.Name).Concat(source.Events.Select(known => known.Name));
            return $"{subject}: module {subscription.SourceModule} has no table or event "
                + $"\"{subscription.SourceName}\"{NearestName.Suggest(subscription.SourceName, names)}";
        }

        if (table.Visibility == Visibility.Private && !isOwn)
            return $"{subject}: table \"{table.Name}\" is private to module {subscription.SourceModule}; emit an event there and hear that";
        if (FindImpossible(table, subscription.Operation) is { } why) return $"{subject}: {why}";
        ImmutableArray<DataType> row = [.. table.Columns.Select(column => column.Type)];
        return subscription.Operation == SubscriptionOperation.Update
            ? Describe(subject, handler, [.. row, .. row], "the columns of the row before and of the row after")
            : Describe(subject, handler, row, "the columns of the row");
    }

    private static string? FindImpossible(TableSchema table, SubscriptionOperation operation) => (table.Kind, operation) switch
    {
        (TableKind.Ephemeral, _) => $"table \"{table.Name}\" is ephemeral, so nothing of it is in the log",
        (TableKind.Event, SubscriptionOperation.Update or SubscriptionOperation.Delete) =>
            $"table \"{table.Name}\" is an event table, whose rows are inserted only",
        (TableKind.Logged, SubscriptionOperation.Event) =>
            $"\"{table.Name}\" is a table, so the operation is insert, update or delete",
        _ => null,
    };

    private static string? Describe(string subject, ReducerSchema handler, ImmutableArray<DataType> delivered, string what)
    {
        IEnumerable<DataType> taken = handler.Parameters.Select(parameter => parameter.Type);
        ReadOnlySpan<DataType> parameters = [.. taken];
        if (Takes(parameters, delivered.AsSpan()) || (delivered is [var single] && Fields(single) is { } fields && Takes(parameters, fields)))
            return null;
        return $"{subject}: the handler takes ({string.Join(", ", handler.Parameters)}); its parameters must be {what} in order "
            + $"({string.Join(", ", delivered.Select(type => type.ToString()))}), or a struct of them";
    }

    // A struct has the bytes of its fields, so that a parameter may stand for several of what is delivered.
    private static bool Takes(ReadOnlySpan<DataType> parameters, ReadOnlySpan<DataType> delivered)
    {
        foreach (DataType parameter in parameters)
        {
            if (delivered.IsEmpty) return false;
            if (parameter.Equals(delivered[0]))
            {
                delivered = delivered[1..];
                continue;
            }

            if (Fields(parameter) is not { } fields || fields.Length > delivered.Length) return false;
            for (int i = 0; i < fields.Length; i++)
                if (!fields[i].Equals(delivered[i])) return false;
            delivered = delivered[fields.Length..];
        }

        return delivered.IsEmpty;
    }

    private static DataType[]? Fields(DataType type) =>
        type.Resolved is StructType structure ? [.. structure.Fields.Select(field => field.Type)] : null;

    private static string Word(SubscriptionSchema subscription) => subscription.Operation.ToString().ToLowerInvariant();
}
