using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Conformance.Tests.Running;

/// <summary>Compares what the steps of a script gave with what the scenario says.</summary>
/// <param name="schemaOf">Declarations of a module; null where there is none.</param>
/// <param name="expectation">What values of the scenario mean.</param>
internal sealed class ProbeAnswers(Func<string, ModuleSchema?> schemaOf, Expectation expectation)
{
    /// <summary>Compares.</summary>
    /// <param name="module">The module that ran the script.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="value">The return value of <c>run</c> or <c>ask</c>.</param>
    /// <returns>What differs, a sentence each.</returns>
    public List<string> Compare(string module, IEnumerable<JsonElement> steps, ReadOnlyMemory<byte> value)
    {
        List<string> faults = [];
        ReadOnlyMemory<byte> rest = value[4..];
        foreach (JsonElement step in steps)
        {
            if (rest.IsEmpty) return [.. faults, $"{step}: gave no answer"];
            long number = BinaryPrimitives.ReadInt64LittleEndian(rest.Span);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span[8..]);
            ReadOnlyMemory<byte> content = rest.Slice(12, length);
            rest = rest[(12 + length)..];
            Compare(module, step, ProbeStep.Of(step), number, content, faults);
        }

        if (!rest.IsEmpty) faults.Add($"{rest.Length} bytes of answers are left");
        return faults;
    }

    private void Compare(
        string module, JsonElement step, ProbeStep known, long number, ReadOnlyMemory<byte> content, List<string> faults)
    {
        if (known.Word == "call" && step.Items("script").Any() && number >= 0)
            faults.AddRange(Compare(step.Text("call")!.Split('.')[0], step.Items("script"), content));
        if (step.Text("text") is { } text && Text(content).Contains(text, StringComparison.Ordinal) is false)
            faults.Add($"{step}: the text is {Text(content)}");
        if (step.Of("gives") is not { } gives) return;
        JsonElement found = Found(module, step, known, number, content);
        if (!expectation.Matches(gives, found)) faults.Add($"{step}: gave {found}");
    }

    private JsonElement Found(string module, JsonElement step, ProbeStep known, long number, ReadOnlyMemory<byte> content) => known.Word switch
    {
        _ when number < -1 || (number == -1 && known.Word is not ("get" or "firing")) => JsonLook.From(number),
        "get" or "firing" when number == -1 => JsonLook.From<string?>(null),
        "insert" or "get" => Row(Table(module, step.Text(known.Word)!), content.Span),
        "scan" => Rows(Table(module, step.Text(known.Word)!), content),
        "next" => Rows(Table(module, step.Text("of")!), content),
        "now" => JsonLook.From(TimestampText.Format(number)),
        "caller" => JsonLook.From(Identity.Read(content.Span).ToString()),
        "callerModule" or "result" => JsonLook.From(Text(content)),
        "firing" => Firing(content.Span),
        "divide" => JsonLook.From(Convert.ToHexStringLower([.. content.ToArray().Reverse()])),
        "call" when step.Of("script") is null => CallResult(step.Text("call")!.Split('.'), content),
        _ => JsonLook.From(number),
    };

    private static string Text(ReadOnlyMemory<byte> content) => Encoding.UTF8.GetString(content.Span);

    private TableSchema Table(string module, string table) => schemaOf(module)!.FindTable(table)!;

    private JsonElement CallResult(string[] target, ReadOnlyMemory<byte> content)
    {
        DataType? type = schemaOf(target[0])!.FindReducer(target[1])!.Result;
        return type is null ? JsonLook.From<string?>(null) : Value(type, content.Span);
    }

    private static JsonElement Firing(ReadOnlySpan<byte> content)
    {
        var reader = new PayloadReader(content);
        return JsonLook.From(new
        {
            timer = reader.UInt64().ToString(CultureInfo.InvariantCulture),
            due = TimestampText.Format(reader.Int64()),
            ticks = reader.UInt64().ToString(CultureInfo.InvariantCulture),
            attempt = reader.UInt32().ToString(CultureInfo.InvariantCulture),
        });
    }

    private static JsonElement Rows(TableSchema table, ReadOnlyMemory<byte> content)
    {
        List<JsonElement> rows = [];
        for (ReadOnlyMemory<byte> rest = content; !rest.IsEmpty;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            rows.Add(Row(table, rest.Span.Slice(4, length)));
            rest = rest[(4 + length)..];
        }

        return JsonLook.From(rows);
    }

    /// <summary>A row as JSON.</summary>
    public static JsonElement Row(TableSchema table, ReadOnlySpan<byte> row)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text)) JsonValues.WriteRow(json, table.Row, row);
        return JsonElement.Parse(text.WrittenSpan);
    }

    /// <summary>A value as JSON.</summary>
    public static JsonElement Value(DataType type, ReadOnlySpan<byte> value)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text)) JsonValues.Write(json, type, value);
        return JsonElement.Parse(text.WrittenSpan);
    }
}
