using System.Globalization;
using System.Text.Json;
using Interstice.Host.Projections;
using Interstice.Host.Timers;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>A durable timer, as the stable object of docs/cli.md. Holds nothing of the tables that it was read from.</summary>
public sealed class TimerItem
{
    private readonly string _module;
    private readonly TimerRow _row;
    private readonly ReducerSchema? _reducer;

    private TimerItem(ModuleProjection projection, TimerRow row)
    {
        _module = projection.Module;
        _row = row;
        _reducer = projection.Schema?.FindReducer(row.Reducer);
    }

    /// <summary>Reads the timers of a module, in the order in which they are tried.</summary>
    /// <param name="projection">The module's tables.</param>
    /// <param name="limit">Most timers.</param>
    /// <returns>The timers, and whether there are more.</returns>
    public static (IReadOnlyList<TimerItem> Items, bool HasMore) List(ModuleProjection projection, int limit)
    {
        ArgumentNullException.ThrowIfNull(projection);
        List<TimerItem> found = [];
        if (projection.State is null) return (found, false);
        Table table = SystemRows.TableOf(projection, SystemTables.Timers);
        foreach (ReadOnlySpan<byte> row in table.Scan(TimerRow.ByNext, KeyRange.All, descending: false))
        {
            if (found.Count == limit) return (found, true);
            found.Add(new TimerItem(projection, TimerRow.Read(row)));
        }

        return (found, false);
    }

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("module", _module);
        json.WriteString("id", _row.Id.ToString(CultureInfo.InvariantCulture));
        json.WriteString("reducer", _row.Reducer);
        json.WritePropertyName("arguments");
        ArgumentsDocument.Write(json, _reducer, _row.Arguments);
        json.WriteString("next", TimestampText.Format(_row.NextUs));
        json.WriteString("due", TimestampText.Format(_row.DueUs));
        json.WriteString("interval", _row.IntervalUs.ToString(CultureInfo.InvariantCulture));
        json.WriteString("missed", _row.Missed.ToString().ToLowerInvariant());
        json.WriteNumber("attempts", _row.Attempts);
        json.WriteString("error", _row.Error);
        json.WriteEndObject();
    }
}
