using System.Text;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Schema;

/// <summary>Goal: the host's tables are there in every module, and nothing shows it to a module that uses none.</summary>
public sealed class SystemTablesTests
{
    private static readonly ModuleSchema Bank = ModuleSchema.Parse(Encoding.UTF8.GetBytes(ModuleSchemaTests.Bank));

    [Fact]
    public void They_are_numbered_behind_the_tables_of_the_module_and_are_no_part_of_its_declarations()
    {
        Bank.Tables.Select(table => table.Name).ShouldBe(["accounts"]);
        Bank.AllTables.Select(table => table.Name).ShouldBe(["accounts", .. SystemTables.Names]);
        Bank.AllTables.Select(table => table.Number).ShouldBe(Enumerable.Range(0, Bank.AllTables.Length));
        Bank.HostTables.ShouldAllBe(table => table.IsOfHost && table.Kind == TableKind.Logged);
        Bank.Tables.ShouldAllBe(table => !table.IsOfHost);
        Encoding.UTF8.GetString(Bank.ToBytes()).ShouldNotContain("\"_");
    }

    [Fact]
    public void Each_is_found_by_its_name_with_its_number_in_the_module()
    {
        var state = new ModuleState(Bank);
        foreach (string name in SystemTables.Names)
        {
            TableSchema table = Bank.FindTable(name).ShouldNotBeNull();
            state.GetTable(table.Number).ShouldBeSameAs(state.FindTable(name));
            state.FindTable(name)!.Schema.ShouldBeSameAs(table);
        }
    }

    [Fact]
    public void Empty_ones_add_nothing_to_the_state_hash()
    {
        var state = new ModuleState(Bank);
        state.Hash.ShouldBe(StateHash.Zero);
        state.ComputeHashFromRows().ShouldBe(StateHash.Zero);
    }

    // Where they raised the growth of a byte, transactions of a few kilobytes would be measured one by one.
    [Fact]
    public void They_leave_the_growth_of_a_byte_in_JSON_as_it_is_for_texts() =>
        new EventJsonBound(ModuleSchema.Parse("""
            {"module":{"name":"small","version":"1.0.0","abi":1}}
            {"table":{"name":"notes","columns":[{"name":"id","type":"u8","primaryKey":true}]}}
            """u8)).Growth.ShouldBe(6);
}
