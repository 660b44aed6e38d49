using System.Text;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tests.Schema;

public sealed class ModuleSchemaTests
{
    /// <summary>The example of docs/abi.md.</summary>
    internal const string Bank = """
        {"module":{"name":"bank","version":"1.0.0","abi":1}}
        {"type":{"name":"Address","struct":[{"name":"street","type":"string"},{"name":"zip","type":"option<string>"}]}}
        {"type":{"name":"Status","enum":[{"name":"open"},{"name":"closed","type":"string"}]}}
        {"table":{"name":"accounts","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"owner","type":"string"},{"name":"balance","type":"i64","default":"0"}],"indexes":[{"name":"by_owner","columns":["owner","id"]}]}}
        {"reducer":{"name":"transfer","parameters":[{"name":"from","type":"u64"},{"name":"to","type":"u64"},{"name":"amount","type":"i64"}],"result":"u64"}}
        {"query":{"name":"balance","parameters":[{"name":"account","type":"u64"}],"result":"i64"}}
        {"event":{"name":"overdrawn","type":"u64"}}
        """;

    [Fact]
    public void The_example_of_the_abi_page_is_read_with_all_its_parts()
    {
        ModuleSchema schema = Parse(Bank);
        schema.ToString().ShouldBe("bank 1.0.0");
        schema.Abi.ShouldBe(1);
        schema.Types.Select(type => type.Name).ShouldBe(["Address", "Status"]);
        TableSchema accounts = schema.FindTable("accounts")!;
        accounts.Columns.Select(column => column.ToString()).ShouldBe(["id: u64", "owner: string", "balance: i64"]);
        accounts.PrimaryKey!.Columns.ShouldBe([0]);
        accounts.PrimaryKey.Key.FixedLength.ShouldBe(8);
        accounts.AutoIncColumn.ShouldBe(0);
        accounts.Columns[2].Default!.Value.ToArray().ShouldBe(new byte[8]);
        accounts.Indexes.ShouldHaveSingleItem().Columns.ShouldBe([1, 0]);
        accounts.FindIndex("by_owner")!.Number.ShouldBe(1);
        schema.FindReducer("transfer")!.Arguments.FixedLength.ShouldBe(24);
        schema.FindReducer("transfer")!.Result.ShouldBe(ScalarType.Of(ScalarKind.U64));
        schema.FindQuery("balance")!.Result.ToString().ShouldBe("i64");
        schema.FindEvent("overdrawn")!.Payload.ToString().ShouldBe("u64");
    }

    [Fact]
    public void Canonical_lines_read_back_to_an_equal_schema()
    {
        ModuleSchema schema = Parse(Bank);
        ModuleSchema again = ModuleSchema.Parse(schema.ToBytes());
        again.ShouldBe(schema);
        again.ToBytes().ShouldBe(schema.ToBytes());
    }

    private static ModuleSchema Parse(string lines) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(lines));
}
