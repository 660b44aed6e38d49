using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Interstice.Conformance.Tests.Running;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Values;

namespace Interstice.Conformance.Tests.Scenarios;

/// <summary>Values of a scenario: <c>$now</c> is its clock, <c>$now+10s</c> and <c>$now-10s</c> times beside it, <c>$host</c> the identity of the host, <c>$ann</c> that
/// of a caller named ann, <c>*</c> whatever it is. Numbers may stand for the texts that JSON has for wide integers.</summary>
internal sealed class Expectation(ScenarioClock clock)
{
    /// <summary>The value that is meant.</summary>
    public JsonElement Resolve(JsonElement value) => JsonLook.From(Resolve(JsonNode.Parse(value.GetRawText())));

    /// <summary>Whether something is as expected.</summary>
    public bool Matches(JsonElement expected, JsonElement found)
    {
        if (expected.ValueKind == JsonValueKind.String && expected.GetString() == "*") return true;
        switch (expected.ValueKind, found.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                JsonProperty[] properties = [.. expected.EnumerateObject()];
                return properties.Length == found.EnumerateObject().Count()
                    && properties.All(property => found.Of(property.Name) is { } value && Matches(property.Value, value));
            case (JsonValueKind.Array, JsonValueKind.Array):
                return expected.GetArrayLength() == found.GetArrayLength()
                    && expected.EnumerateArray().Zip(found.EnumerateArray()).All(pair => Matches(pair.First, pair.Second));
            case (JsonValueKind.Number, JsonValueKind.String):
                return expected.GetRawText() == found.GetString();
            default:
                return JsonElement.DeepEquals(Resolve(expected), found);
        }
    }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public long TimeUs(JsonElement value) =>
        TimestampText.TryParse(Resolve(value).GetString()!, out long us) ? us : throw new FormatException($"{value} is no time");

    /// <summary>A span such as 10s, 5m, 2h or 1d.</summary>
    public static TimeSpan Span(string text)
    {
        double count = double.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => throw new FormatException($"{text} is no span of time"),
        };
    }

    /// <summary>Who a scenario means by a name.</summary>
    public static Identity Who(string name) => Identity.Of("conformance", name);

    private JsonNode? Resolve(JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties.Select(pair => KeyValuePair.Create(pair.Key, Resolve(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Resolve)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is ['$', ..] text => Meaning(text),
        _ => node?.DeepClone(),
    };

    private string Meaning(string text)
    {
        if (text == "$host") return HostIdentity.Value.ToString();
        if (!text.StartsWith("$now", StringComparison.Ordinal)) return Who(text[1..]).ToString();
        TimeSpan beside = text.Length == 4 ? TimeSpan.Zero : Span(text[5..]) * (text[4] == '-' ? -1 : 1);
        return TimestampText.Format(clock.NowUs + (long)beside.TotalMicroseconds);
    }
}
