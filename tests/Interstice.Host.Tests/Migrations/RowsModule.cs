using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;
using Interstice.TestKit.Engines;
using MediatR;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Builds of the test module that writes whatever rows it is given, under any declarations of tables.</summary>
internal static class RowsModule
{
    public const string Name = "rows";

    private static readonly string[] Functions =
    [
        """{"reducer":{"name":"insert","parameters":[{"name":"table","type":"string"},{"name":"row","type":"bytes"}]}}""",
        """{"reducer":{"name":"update","parameters":[{"name":"table","type":"string"},{"name":"row","type":"bytes"}]}}""",
        """{"reducer":{"name":"delete","parameters":[{"name":"table","type":"string"},{"name":"key","type":"bytes"}]}}""",
        """{"query":{"name":"size","parameters":[{"name":"table","type":"string"}],"result":"i64"}}""",
    ];

    /// <summary>A build of a version with tables and migrations of one's own.</summary>
    public static byte[] Build(string version, params string[] lines) => Declarations.Replace(
        HostFixture.Binary(Name),
        [$$$"""{"module":{"name":"rows","version":"{{{version}}}","abi":1}}""", .. Functions, .. lines]);

    public static string Table(string name, string columns, string rest = "") =>
        $$$"""{"table":{"name":"{{{name}}}","columns":[{"name":"id","type":"u32","primaryKey":true}{{{columns}}}]{{{rest}}}}}""";

    public static string Column(string name, string type, string rest = "") => $$""",{"name":"{{name}}","type":"{{type}}"{{rest}}}""";

    public static string Migration(string from, string to, params string[] steps) =>
        $$$"""{"migration":{"from":"{{{from}}}","to":"{{{to}}}","steps":[{{{string.Join(',', steps)}}}]}}""";

    public static Task<PublishResult> PublishAsync(IMediator mediator, byte[] binary) =>
        mediator.Send(new PublishModule(binary, HostFixture.Tester));

    /// <summary>Inserts a row, its values in order as JSON.</summary>
    public static async Task InsertAsync(IMediator mediator, ModuleHost host, string table, string values, string module = Name)
    {
        ModuleSchema schema = await host.ViewAsync(module, projection => projection.Schema!);
        TableSchema declared = schema.FindTable(table)!;
        var row = new ArrayBufferWriter<byte>();
        foreach ((int i, JsonElement value) in JsonElement.Parse(values).EnumerateArray().Index())
            JsonValues.TryRead(value, declared.Columns[i].Type, row, out ValueError error).ShouldBeTrue(error.ToString());
        using var arguments = new PayloadWriter();
        arguments.String(table);
        arguments.Bytes(row.WrittenSpan);
        CallOutcome outcome = await mediator.Send(new CallReducer(module, "insert", arguments.Written.ToArray(), HostFixture.Tester));
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    public static Task<string[]> RowsAsync(ModuleHost host, string table, string module = Name) =>
        host.ViewAsync(module, projection => Rows(projection.State!, table));

    public static string[] Rows(ModuleState state, string table)
    {
        List<string> rows = [];
        Table found = state.FindTable(table)!;
        foreach (ReadOnlySpan<byte> row in found.Scan(0, KeyRange.All, descending: false))
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer)) JsonValues.WriteRow(json, found.Schema.Row, row);
            rows.Add(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }

        return [.. rows];
    }
}
