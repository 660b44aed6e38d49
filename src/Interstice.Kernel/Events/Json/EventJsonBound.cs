using System.Collections.Immutable;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events.Json;

/// <summary>How many bytes a transaction may have as JSON at most, from what a module declares and the bytes that it has in the canonical
/// encoding: a cheap look that spares measuring it (<see cref="EventJsonSize"/>). Immutable; any thread may use it.</summary>
/// <remarks>
/// <para>The JSON of a value has at most <c>fixed + growth * bytes</c> bytes. Fixed is what every value of its type has: brackets, names, the
/// longest text of each scalar. What is there or not, or there many times, is paid for by bytes of its own, and growth is the most that one of
/// them pays for:</para>
/// <para>a byte of text for its escape; the tag of an option for the fixed bytes of its value; each byte that an item of a list, or an entry of
/// a map, has at least, for a share of the item's fixed bytes. No byte is text and anything else, and none belongs to two items, or to two
/// options. So types that hold themselves, which is behind an option, a list or a map, have a bound like any other.</para>
/// </remarks>
public sealed class EventJsonBound
{
    // A control character is six characters of JSON.
    private const long TextGrowth = 6;

    // Quotes, a colon and a comma.
    private const int NameBytes = 4;

    // Far above every limit, far below what would overflow when it is multiplied.
    private const long Most = 1L << 40;

    private readonly Dictionary<DataType, long> _fixed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<DataType> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly long _perEvent;
    private readonly long _perEventOfHost;
    private readonly long _perCall;
    private long _optionGrowth;
    private long _itemGrowth;

    /// <summary>Works out the bounds.</summary>
    /// <param name="schema">The declarations that transactions are made under.</param>
    public EventJsonBound(ModuleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (NamedType type in schema.Types) Visit(type);
        foreach (TableSchema table in schema.Tables) _perEvent = Math.Max(_perEvent, PerEvent(table));
        foreach (EventSchema custom in schema.Events)
        {
            Visit(custom.Payload);
            _perEvent = Math.Max(_perEvent, EventJsonSize.WrapBytes + custom.Name.Length + FixedOf(custom.Payload));
        }

        foreach (ReducerSchema reducer in schema.Reducers)
        {
            long call = reducer.Name.Length + FixedOf(reducer.Arguments.Fields);
            if (reducer.Result is { } result)
            {
                Visit(result);
                call += FixedOf(result);
            }

            _perCall = Math.Max(_perCall, call);
        }

        _perEventOfHost = _perEvent;
        foreach (TableSchema table in schema.HostTables) _perEventOfHost = Math.Max(_perEventOfHost, PerEvent(table));
        Growth = Math.Min(Most, Math.Max(TextGrowth, _optionGrowth + _itemGrowth));
    }

    /// <summary>The most bytes of JSON that one byte of a value may become, beside what every value of its type has.</summary>
    public long Growth { get; }

    /// <summary>Whether a transaction may have more bytes as JSON than a limit. False only if it certainly has not.</summary>
    /// <param name="canonicalBytes">Bytes of the transaction in the canonical encoding, with its record and the names in it.</param>
    /// <param name="events">Number of its events.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="hasHostRows">Whether some of its events may be rows of the host's tables.</param>
    public bool MayExceed(long canonicalBytes, int events, long limit, bool hasHostRows = false)
    {
        long perEvent = EventJsonSize.FollowingBytes + (hasHostRows ? _perEventOfHost : _perEvent);
        return (canonicalBytes * Growth) + (events * perEvent) + EventJsonSize.CallBytes + _perCall > limit;
    }

    private long PerEvent(TableSchema table) => EventJsonSize.WrapBytes + table.Name.Length + (2 * FixedOf(table.Row.Fields));

    private long FixedOf(ImmutableArray<FieldSchema> fields)
    {
        long bytes = 2;
        foreach (FieldSchema field in fields)
        {
            Visit(field.Type);
            bytes += field.Name.Length + NameBytes + FixedOf(field.Type);
        }

        return Math.Min(Most, bytes);
    }

    // Looks at everything that may stand in values of a type, each once.
    private void Visit(DataType type)
    {
        type = type.Resolved;
        if (type is ScalarType || !_seen.Add(type)) return;
        switch (type)
        {
            case OptionType option:
                Visit(option.Value);
                _optionGrowth = Math.Max(_optionGrowth, FixedOf(option.Value));
                break;
            case ListType list:
                Visit(list.Item);
                AddItem(FixedOf(list.Item) + 1, list.Item.MinLength);
                break;
            case MapType map:
                Visit(map.Key);
                Visit(map.Value);
                AddItem(FixedOf(map.Key) + FixedOf(map.Value) + NameBytes, map.Key.MinLength + map.Value.MinLength);
                break;
            case StructType structure:
                foreach (FieldSchema field in structure.Fields) Visit(field.Type);
                break;
            case EnumType choice:
                foreach (VariantSchema variant in choice.Variants)
                    if (variant.Payload is { } payload) Visit(payload);
                break;
        }
    }

    private void AddItem(long bytes, int bytesMin) => _itemGrowth = Math.Max(_itemGrowth, (bytes + bytesMin - 1) / bytesMin);

    // What every value has at most, without what pays for itself. Ends, because only options, lists and maps may hold what holds them. Each
    // type is looked at once: there may be very many ways to an enum in enums.
    private long FixedOf(DataType type)
    {
        type = type.Resolved;
        if (type is ScalarType scalar) return FixedOf(scalar.Kind);
        if (_fixed.TryGetValue(type, out long known)) return known;
        long bytes = type switch
        {
            StructType structure => 2 + structure.Fields.Sum(field => field.Name.Length + NameBytes + FixedOf(field.Type)),
            EnumType choice => choice.Variants.Max(
                variant => variant.Name.Length + NameBytes + 2 + (variant.Payload is { } payload ? FixedOf(payload) : 4)),
            _ => 4, // null, or two brackets
        };
        return _fixed[type] = Math.Min(Most, bytes);
    }

    private static long FixedOf(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => 5,
        ScalarKind.I8 or ScalarKind.U8 => 4,
        ScalarKind.I16 or ScalarKind.U16 => 6,
        ScalarKind.I32 or ScalarKind.U32 => 11,
        ScalarKind.I64 or ScalarKind.U64 or ScalarKind.Duration => 22,
        ScalarKind.I128 or ScalarKind.U128 => 42,
        ScalarKind.F32 or ScalarKind.F64 => 32,
        ScalarKind.String or ScalarKind.Bytes => 2,
        ScalarKind.Uuid => 38,
        ScalarKind.Timestamp => 29,
        _ => 66,
    };
}
