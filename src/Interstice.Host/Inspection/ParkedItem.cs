using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Interstice.Host.Projections;
using Interstice.Host.Timers;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>A timer's tick or a delivery that was given up after failing too often, as the stable object of docs/cli.md. Holds nothing of the
/// tables that it was read from.</summary>
public sealed class ParkedItem
{
    private readonly string _module;
    private readonly ParkedRow _row;
    private readonly ReducerSchema? _reducer;

    private ParkedItem(ModuleProjection projection, ParkedRow row)
    {
        _module = projection.Module;
        _row = row;
        _reducer = projection.Schema?.FindReducer(row.Reducer);
        Obstacle = _reducer is null ? $"module {_module} has no reducer \"{row.Reducer}\" any more; publish a build that has, or drop it"
            : _reducer.Arguments.TryValidate(row.Arguments, out _) ? null
            : $"what is kept are no arguments of {_module}.{row.Reducer} as it is now; publish a build that takes them, or drop it";
    }

    /// <summary>Its number in <c>_parked</c>.</summary>
    public ulong Id => _row.Id;

    /// <summary>Why running it again cannot succeed with the build in force; null where it may.</summary>
    public string? Obstacle { get; }

    /// <summary>Reads what is parked in a module, in the order of the numbers.</summary>
    /// <param name="projection">The module's tables.</param>
    /// <param name="after">Only what has a larger number.</param>
    /// <param name="limit">Most items.</param>
    /// <returns>The items, and whether there are more.</returns>
    public static (IReadOnlyList<ParkedItem> Items, bool HasMore) List(ModuleProjection projection, ulong after, int limit)
    {
        ArgumentNullException.ThrowIfNull(projection);
        List<ParkedItem> found = [];
        if (projection.State is null) return (found, false);
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, after);
        Table table = SystemRows.TableOf(projection, SystemTables.Parked);
        foreach (ReadOnlySpan<byte> row in table.Scan(0, new KeyRange(key, lowerExclusive: true, default, false), descending: false))
        {
            if (found.Count == limit) return (found, true);
            found.Add(new ParkedItem(projection, ParkedRow.Read(row)));
        }

        return (found, false);
    }

    /// <summary>What is parked under a number, or null.</summary>
    public static ParkedItem? Find(ModuleProjection projection, ulong id)
    {
        ArgumentNullException.ThrowIfNull(projection);
        return projection.State is not null && SystemRows.FindParked(projection, id) is { } row ? new ParkedItem(projection, row) : null;
    }

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        bool isTimer = _row.Timer != 0;
        json.WriteStartObject();
        json.WriteString("module", _module);
        json.WriteString("id", Text(_row.Id));
        json.WriteString("kind", isTimer ? "timer" : "delivery");
        json.WriteString("reducer", _row.Reducer);
        json.WritePropertyName("arguments");
        ArgumentsDocument.Write(json, _reducer, _row.Arguments);
        json.WriteNumber("attempts", _row.Attempts);
        json.WriteString("reason", _row.Reason);
        json.WriteString("parkedAt", TimestampText.Format(_row.ParkedAtUs));
        json.WriteString("due", TimestampText.Format(_row.DueUs));
        if (isTimer)
        {
            json.WriteString("timer", Text(_row.Timer));
            json.WriteString("ticks", Text(_row.Ticks));
        }
        else
        {
            json.WriteString("subscription", _row.Subscription);
            json.WriteNumber("sourceRevision", _row.SourceRevision);
            json.WriteString("sourceEvent", _row.SourceEvent);
        }

        json.WriteString("obstacle", Obstacle);
        json.WriteEndObject();
    }

    // As in rows: integers of 64 bits are texts (docs/formats/json.md).
    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
