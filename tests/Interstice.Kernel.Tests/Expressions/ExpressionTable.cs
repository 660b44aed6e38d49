using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Expressions;

/// <summary>A table with a column of every type, and rows of it out of JSON.</summary>
internal static class ExpressionTable
{
    private const string Lines = """
        {"module":{"name":"zoo","version":"1.0.0","abi":1}}
        {"type":{"name":"Color","enum":[{"name":"red"},{"name":"green"},{"name":"Blue"}]}}
        {"type":{"name":"Status","enum":[{"name":"open"},{"name":"closed","type":"string"},{"name":"held","type":"Address"}]}}
        {"type":{"name":"Address","struct":[{"name":"street","type":"string"},{"name":"zip","type":"option<u32>"},{"name":"in","type":"bool"}]}}
        {"type":{"name":"Money","alias":"i128"}}
        {"type":{"name":"Chain","struct":[{"name":"value","type":"i32"},{"name":"next","type":"option<Chain>"}]}}
        {"table":{"name":"animals","columns":[
        {"name":"id","type":"u64","primaryKey":true},
        {"name":"alive","type":"bool"},{"name":"a8","type":"i8"},{"name":"b8","type":"u8"},{"name":"a16","type":"i16"},
        {"name":"b16","type":"u16"},{"name":"a32","type":"i32"},{"name":"b32","type":"u32"},{"name":"a64","type":"i64"},
        {"name":"name","type":"string"},
        {"name":"a128","type":"i128"},{"name":"b128","type":"u128"},{"name":"f","type":"f32"},{"name":"g","type":"f64"},
        {"name":"data","type":"bytes"},{"name":"key","type":"uuid"},{"name":"born","type":"timestamp"},{"name":"age","type":"duration"},
        {"name":"owner","type":"identity"},{"name":"color","type":"Color"},{"name":"coat","type":"Color"},{"name":"status","type":"Status"},
        {"name":"home","type":"Address"},{"name":"price","type":"Money"},{"name":"tags","type":"list<string>"},
        {"name":"notes","type":"map<string,u8>"},
        {"name":"nick","type":"option<string>"},{"name":"rank","type":"option<u64>"},{"name":"deep","type":"option<option<i32>>"},
        {"name":"away","type":"option<Address>"},{"name":"mood","type":"option<Color>"},{"name":"fur","type":"option<list<u8>>"},
        {"name":"flag","type":"option<bool>"},{"name":"chain","type":"Chain"},{"name":"weight","type":"option<f64>"},
        {"name":"green","type":"u8"},{"name":"in","type":"u8"}
        ]}}
        """;

    internal const string DefaultRow = """
        {"id":"7","alive":true,"a8":-8,"b8":8,"a16":-16,"b16":16,"a32":-32,"b32":32,"a64":"-64","name":"rex",
        "a128":"-128","b128":"128","f":1.5,"g":2.5,"data":"AQID","key":"01234567-89ab-cdef-0123-456789abcdef",
        "born":"2026-01-31T12:00:00.000000Z","age":"90000000",
        "owner":"00000000000000000000000000000000000000000000000000000000000000ff","color":{"green":null},"coat":{"red":null},
        "status":{"closed":"rain"},"home":{"street":"Elm","zip":[123],"in":true},"price":"5","tags":["x"],"notes":[["n",1]],
        "nick":null,"rank":null,"deep":null,"away":null,"mood":null,"fur":null,"flag":null,
        "chain":{"value":1,"next":[{"value":2,"next":null}]},"weight":null,"green":3,"in":4}
        """;

    internal static TableSchema Animals { get; } = ParseTable();

    internal static Truth Evaluate(string text, params (string Column, string Json)[] changes) =>
        RowExpression.Compile(text, Animals).Evaluate(Row(changes));

    internal static bool Matches(string text, params (string Column, string Json)[] changes) =>
        RowExpression.Compile(text, Animals).Matches(Row(changes));

    /// <summary>The default row with some columns changed.</summary>
    internal static byte[] Row(params (string Column, string Json)[] changes)
    {
        using JsonDocument defaults = JsonDocument.Parse(DefaultRow);
        var columns = new Dictionary<string, string>();
        foreach (JsonProperty property in defaults.RootElement.EnumerateObject()) columns[property.Name] = property.Value.GetRawText();
        foreach ((string column, string json) in changes) columns[column] = json;
        return Encode("{" + string.Join(',', columns.Select(column => $"\"{column.Key}\":{column.Value}")) + "}");
    }

    internal static byte[] Encode(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json, ValueLimits.Json);
        var buffer = new ArrayBufferWriter<byte>();
        JsonValues.TryReadRow(document.RootElement, Animals.Row, buffer, out ValueError error).ShouldBeTrue(error.Message);
        return buffer.WrittenSpan.ToArray();
    }

    private static TableSchema ParseTable()
    {
        string[] lines = Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string declarations = string.Join('\n', lines[..6]) + "\n" + string.Concat(lines[6..].Select(line => line.Trim()));
        return ModuleSchema.Parse(Encoding.UTF8.GetBytes(declarations)).FindTable("animals")!;
    }
}
