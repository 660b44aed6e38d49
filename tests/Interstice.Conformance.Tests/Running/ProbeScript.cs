using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Conformance.Tests.Running;

/// <summary>Puts the steps of a script into the bytes that the module <c>probe</c> reads (tests/modules/conformance/probe.wat).</summary>
/// <param name="schemaOf">Declarations of a module; null where there is none.</param>
/// <param name="expectation">What values of the scenario mean.</param>
internal sealed class ProbeScript(Func<string, ModuleSchema?> schemaOf, Expectation expectation)
{
    /// <summary>The canonical encoding of the script: the argument of <c>run</c> and <c>ask</c>.</summary>
    /// <param name="module">The module that runs it.</param>
    /// <param name="steps">The steps.</param>
    public byte[] Compile(string module, IEnumerable<JsonElement> steps)
    {
        using var writer = new PayloadWriter();
        foreach (JsonElement step in steps) Compile(module, step, ProbeStep.Of(step), writer);
        byte[] script = new byte[4 + writer.Length];
        BinaryPrimitives.WriteInt32LittleEndian(script, writer.Length);
        writer.Written.CopyTo(script.AsSpan(4));
        return script;
    }

    /// <summary>Arguments of a reducer or query in the canonical encoding.</summary>
    public byte[] Arguments(string module, string function, JsonElement step)
    {
        if (step.Of("script") is { } script) return Compile(module, script.EnumerateArray());
        if (step.Text("bytes") is { } bytes) return Convert.FromHexString(bytes);
        ModuleSchema? schema = schemaOf(module);
        RowCodec? codec = schema?.FindReducer(function)?.Arguments ?? schema?.FindQuery(function)?.Arguments;
        JsonElement[] values = [.. step.Items("args").Select(expectation.Resolve)];
        if (codec is null) return [];
        var arguments = new ArrayBufferWriter<byte>();
        JsonValues.TryReadArguments(values, codec, arguments, out ValueError error).ShouldBeTrue($"{module}.{function}: {error}");
        return arguments.WrittenSpan.ToArray();
    }

    private void Compile(string module, JsonElement step, ProbeStep known, PayloadWriter writer)
    {
        string subject = step.Of(known.Word) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
        string part = step.Text("index") ?? "";
        (long a, long b) = (0, step.Of("capacity") is { } capacity ? capacity.GetInt32() + 1 : 0);
        (byte[] x, byte[] y) = ([], []);
        switch (known.Word)
        {
            case "insert" or "update":
                if (step.Of("row") is { } row) x = Row(Table(module, subject), row);
                if (step.Of("columns") is { } columns) x = Leading(Table(module, subject), columns);
                break;
            case "delete" or "get":
                x = Key(module, subject, part, step.Of("key"));
                break;
            case "scan" or "open":
                (a, x, y) = (Flags(step), Key(module, subject, part, step.Of("lower")), Key(module, subject, part, step.Of("upper")));
                break;
            case "next":
                (a, b, subject) = (step.Number("next"), step.Number("capacity", 65536), "");
                break;
            case "close" or "cancel" or "grow":
                (a, subject) = (step.Number(known.Word), "");
                break;
            case "emit":
                if (step.Of("payload") is { } payload) x = Value(schemaOf(module)!.FindEvent(subject)!.Payload, payload);
                break;
            case "fail" or "log":
                (a, x, subject) = (step.Number("level", 2), Encoding.UTF8.GetBytes(subject), "");
                break;
            case "schedule":
                x = Arguments(module, subject, step);
                a = expectation.TimeUs(step.Of("due")!.Value);
                b = step.Text("every") is { } every ? (long)Expectation.Span(every).TotalMicroseconds : 0;
                break;
            case "call":
                (subject, part) = (subject[..subject.IndexOf('.')], subject[(subject.IndexOf('.') + 1)..]);
                x = Arguments(subject, part, step);
                break;
            case "divide":
                x = Operands(step);
                break;
        }

        // What no declaration would let through is given as it is.
        if (step.Text("bytes") is { } bytes) x = Convert.FromHexString(bytes);
        writer.Byte((byte)known.Operation);
        writer.Int64(a);
        writer.Int64(b);
        foreach (byte[] field in new[] { Encoding.UTF8.GetBytes(subject), Encoding.UTF8.GetBytes(part), x, y }) writer.Bytes(field);
    }

    private TableSchema Table(string module, string table) =>
        schemaOf(module)?.FindTable(table) ?? throw new InvalidOperationException($"module {module} has no table {table}");

    private byte[] Row(TableSchema table, JsonElement json)
    {
        var row = new ArrayBufferWriter<byte>();
        JsonValues.TryReadRow(expectation.Resolve(json), table.Row, row, out ValueError error).ShouldBeTrue($"{table.Name}: {error}");
        return row.WrittenSpan.ToArray();
    }

    // The columns from the first on, as many as there are values.
    private byte[] Leading(TableSchema table, JsonElement values) =>
        [.. values.EnumerateArray().Zip(table.Columns, (value, column) => Value(column.Type, value)).SelectMany(value => value)];

    private byte[] Value(DataType type, JsonElement json)
    {
        var value = new ArrayBufferWriter<byte>();
        JsonValues.TryRead(expectation.Resolve(json), type, value, out ValueError error).ShouldBeTrue(error.ToString());
        return value.WrittenSpan.ToArray();
    }

    // Nothing is the bound without an end.
    private byte[] Key(string module, string table, string index, JsonElement? values)
    {
        if (values is null) return [];
        TableSchema declared = Table(module, table);
        KeyCodec key = (index.Length == 0 ? declared.PrimaryKey! : declared.FindIndex(index)!).Key;
        List<byte> bytes = [(byte)values.Value.GetArrayLength()];
        foreach ((int column, JsonElement value) in values.Value.EnumerateArray().Index()) bytes.AddRange(Value(key.TypeOf(column), value));
        return [.. bytes];
    }

    private static long Flags(JsonElement step) => step.Items("flags").Sum(flag => flag.GetString() switch
    {
        "above" => 1,
        "below" => 2,
        "descending" => 4,
        var other => throw new FormatException($"{other} is no flag of a scan"),
    });

    private static byte[] Operands(JsonElement step)
    {
        bool isNarrow = step.Text("as") == "f32";
        IEnumerable<double> values = step.Items("divide").Select(value => value.GetDouble());
        return [.. values.SelectMany(value => isNarrow ? BitConverter.GetBytes((float)value) : BitConverter.GetBytes(value))];
    }
}
